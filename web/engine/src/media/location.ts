// Leaves out of a picture or film where it was taken. Pixels, sound and all other bytes stay as
// they are and where they are. What a file is, its first bytes say, not its name.
import { applied, ascii, FileReader, type Edit } from "./location/edits.js";
import { filmEdits } from "./location/films.js";
import { jpegEdits, pngEdits, webpEdits } from "./location/pictures.js";

async function edits_of(file: FileReader): Promise<Edit[]> {
  const head = await file.read(0, 12);
  if (head[0] === 0xff && head[1] === 0xd8) return jpegEdits(file);
  if (ascii(head, 1, 3) === "PNG") return pngEdits(file);
  if (ascii(head, 0, 4) === "RIFF" && ascii(head, 8, 4) === "WEBP") return webpEdits(file);
  const film = ["ftyp", "moov", "wide", "mdat", "free", "skip"].includes(ascii(head, 4, 4));
  return film ? filmEdits(file) : [];
}

/** The same file where there is nothing to leave out. */
export async function withoutLocation(file: Blob): Promise<Blob> {
  return applied(file, await edits_of(new FileReader(file)));
}
