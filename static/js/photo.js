// A photo made small enough for a slow line: at most 1280 px and 120 kB, and nothing of where
// and with what it was taken, since only what is seen is drawn anew.

const MOST_BYTES = 120_000;
const STEPS = [[1280, 0.8], [1280, 0.6], [1280, 0.45], [1024, 0.5], [800, 0.5], [640, 0.5], [480, 0.4]];

const drawn = (picture, side) => {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
};

/** The picture of a file as a JPEG. Throws when the file is no picture. */
export async function shrink(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  let found;
  for (const [side, quality] of STEPS) {
    const canvas = drawn(picture, side);
    found = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", quality); });
    if (found.size <= MOST_BYTES) break;
  }
  picture.close();
  return found;
}
