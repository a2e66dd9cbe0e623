// Places in metadata that is text: XMP and IPTC. What goes becomes spaces, so that nothing moves.

/** In any namespace: what devices call coordinates, and what people call places. */
const NAMES =
  "[\\w-]+:(?:gps\\w*|City|State|Country|CountryCode|CountryName|Location|LocationCreated|" +
  "LocationShown|LocationName|Sublocation|ProvinceState|WorldRegion)";
const PATTERNS = [
  new RegExp(`<(${NAMES})(?:\\s[^>]*)?(?:/>|>[\\s\\S]*?</\\1\\s*>)`, "gi"),
  new RegExp(`(?<=\\s)${NAMES}\\s*=\\s*(?:"[^"]*"|'[^']*')`, "gi"),
];
const SPACE = 0x20;

/** XMP without places, of the same length. */
export function withoutPlaces(xmp: Uint8Array): Uint8Array {
  const out = xmp.slice();
  // One character a byte, so that places in the text are places in the bytes.
  const text = new TextDecoder("latin1").decode(xmp);
  for (const pattern of PATTERNS) {
    for (const { index, 0: found } of text.matchAll(pattern)) {
      out.fill(SPACE, index, index + found.length);
    }
  }
  return out;
}

/** Datasets of record 2: location codes and names, city, district, province, country. */
const IPTC_PLACES = new Set([26, 27, 90, 92, 95, 100, 101]);

/** IPTC datasets without places, of the same length. */
export function withoutPlacesIptc(iptc: Uint8Array): Uint8Array {
  const out = iptc.slice();
  const view = new DataView(out.buffer);
  for (let at = 0; at + 5 <= out.length && out[at] === 0x1c; ) {
    const size = view.getUint16(at + 3);
    const place = out[at + 1] === 2 && IPTC_PLACES.has(out[at + 2] as number);
    if (place) out.fill(SPACE, at + 5, at + 5 + size);
    at += 5 + size;
  }
  return out;
}

/** Photoshop's resources: among them one with IPTC datasets. */
export function withoutPlacesPhotoshop(resources: Uint8Array): Uint8Array {
  const out = resources.slice();
  const view = new DataView(out.buffer);
  for (let at = 0; at + 12 <= out.length && view.getUint32(at) === 0x3842494d; ) {
    const id = view.getUint16(at + 4);
    const name = ((out[at + 6] as number) + 2) & ~1;
    const data = at + 6 + name + 4;
    if (data > out.length) break;
    const size = view.getUint32(data - 4);
    if (id === 0x0404) out.set(withoutPlacesIptc(out.slice(data, data + size)), data);
    at = data + size + (size & 1);
  }
  return out;
}
