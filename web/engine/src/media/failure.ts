// How a transfer ends, or does not end yet.

/** It ends with a named error of core/errors.json; `chunk` where one is to blame. */
export class Failure extends Error {
  override readonly name = "Failure";

  constructor(
    readonly code: number,
    readonly chunk?: number,
  ) {
    super(`error ${code}`);
  }
}

/** The network, or the relay for a while: the same again later. */
export class Again extends Error {
  override readonly name = "Again";
}

/** What was begun at the relay is no more, or is not at the place where it was thought to be. */
export class Lost extends Error {
  override readonly name = "Lost";
}
