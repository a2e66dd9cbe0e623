// Files in an app: whether any can be sent, and what sends and shows them once it is needed.
import { computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Item } from "./conversation.ts";
import { isUnderWay } from "./files_flag.ts";
import type { MediaHost, MediaParts, OpenMedia } from "./media/host.ts";
import type { Session } from "./session.ts";
import { ConnectionState } from "./status.ts";

export type FilesHost = Omit<
  MediaHost,
  "token" | "bytesMax" | "reconnect" | "waits" | "page"
>;

export class Files {
  readonly parts: Signal<MediaParts | undefined> = signal(undefined);
  /** By log: what stands above its composer. */
  readonly waits: Signal<ReadonlyMap<string, number>> = signal(new Map());
  /** This relay takes files. */
  readonly can: ReadonlySignal<boolean>;
  private coming: Promise<MediaParts> | undefined;

  constructor(
    private readonly session: Session,
    private readonly host: FilesHost,
    private readonly fetch: () => Promise<{ readonly openMedia: OpenMedia }>,
  ) {
    this.can = computed(() => session.blobs.value.bytesMax > 0);
    effect(() => {
      const { state } = session.connection.value;
      void session.blobs.value;
      if (state === ConnectionState.online) {
        this.parts.peek()?.connected();
      }
    });
    const stop = effect(() => {
      if (session.ready.value && this.can.value) {
        queueMicrotask(() => stop());
        if (isUnderWay()) {
          this.bring();
        }
      }
    });
  }

  private make({ openMedia }: { readonly openMedia: OpenMedia }): MediaParts {
    const { session, host } = this;
    const parts = openMedia({
      ...host,
      token: () => session.blobs.peek().token || undefined,
      bytesMax: () => session.blobs.peek().bytesMax,
      page: (before, limit) => session.page(host.conversation().log, before, limit),
      reconnect: () => session.engine.command("retry"),
      waits: (log, count) => {
        if ((this.waits.peek().get(log) ?? 0) !== count) {
          this.waits.value = new Map(this.waits.peek()).set(log, count);
        }
      },
    });
    this.parts.value = parts;
    return parts;
  }

  /** Where it does not come, as without a network, the next need of it tries again. */
  bring(use: (parts: MediaParts) => void = () => undefined): void {
    this.coming ??= this.fetch().then((found) => this.make(found));
    this.coming.then(use, () => (this.coming = undefined));
  }

  add(log: string, files: readonly File[]): void {
    this.bring((parts) => parts.add(log, files));
  }

  pick(log: string, button: HTMLElement): void {
    this.bring((parts) => parts.pick(log, button));
  }

  voice(log: string, hold: PointerEvent | undefined): void {
    this.bring((parts) => void parts.voice(log, hold));
  }

  /** What it showed is shown nowhere any more; what this person sent is removed at the relay. */
  recalled(item: Item): void {
    if (item.mine) {
      this.bring((parts) => parts.recalled(item, true));
    } else {
      this.parts.peek()?.recalled(item, false);
    }
  }

  gallery(): void {
    this.bring((parts) => parts.gallery());
  }

  /** True where files stood there; the words go with them. */
  send(log: string, words: string): boolean {
    const any = (this.waits.peek().get(log) ?? 0) > 0;
    if (any) {
      this.parts.peek()?.send(log, words);
    }
    return any;
  }
}
