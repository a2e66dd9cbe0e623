// A chosen file becomes a face: square, small, drawn anew, so that nothing of the file but its look
// is kept.
const SIDE_PX = 96;
const BYTES_MAX = 6 * 1024;
const QUALITIES = [0.85, 0.7, 0.55, 0.4, 0.25];

function drawn(image: ImageBitmap): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE_PX;
  const side = Math.min(image.width, image.height);
  const left = (image.width - side) / 2;
  const top = (image.height - side) / 2;
  const context = canvas.getContext("2d");
  if (context) {
    // JPEG has no holes: what is clear becomes white.
    context.fillStyle = "white";
    context.fillRect(0, 0, SIDE_PX, SIDE_PX);
    context.imageSmoothingQuality = "high";
    context.drawImage(image, left, top, side, side, 0, 0, SIDE_PX, SIDE_PX);
  }
  return canvas;
}

const asJpeg = (canvas: HTMLCanvasElement, quality: number): Promise<Blob | null> =>
  new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));

/** Nothing for a file that is no picture. */
export async function faceOf(file: Blob): Promise<Uint8Array | undefined> {
  try {
    const image = await createImageBitmap(file);
    const canvas = drawn(image);
    image.close();
    for (const quality of QUALITIES) {
      const blob = await asJpeg(canvas, quality);
      if (blob && blob.size <= BYTES_MAX) {
        return new Uint8Array(await blob.arrayBuffer());
      }
    }
  } catch {
    // Not a picture, or one that this browser does not know.
  }
  return undefined;
}
