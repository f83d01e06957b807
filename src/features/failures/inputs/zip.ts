import { Readable } from "node:stream";
import { createInflateRaw } from "node:zlib";
import { UserError } from "../../../kernel/errors.ts";

/** One file in a zip. */
export interface ZipEntry {
  readonly name: string;
  open(): AsyncIterable<Uint8Array>;
}

const MAX_ENTRIES = 10_000;
const END_RECORD = 22;
const MAX_COMMENT = 65_535;

/** Entries of a zip, read from its directory; each one is only unpacked when it is opened. */
export async function zipEntries(zip: Blob): Promise<ZipEntry[]> {
  const tail = await bytesOf(zip, Math.max(0, zip.size - END_RECORD - MAX_COMMENT), zip.size);
  const end = endRecord(tail);
  const count = tail.getUint16(end + 10, true);
  const size = tail.getUint32(end + 12, true);
  const start = tail.getUint32(end + 16, true);
  if (count > MAX_ENTRIES) throw new UserError(`the zip has over ${MAX_ENTRIES} entries`);
  if (start + size > zip.size) throw new UserError("the zip's directory is broken or in the zip64 form");
  const directory = await bytesOf(zip, start, start + size);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > directory.byteLength || directory.getUint32(at, true) !== 0x02014b50)
      throw new UserError("the zip's directory is broken");
    const nameLength = directory.getUint16(at + 28, true);
    const name = new TextDecoder().decode(
      new Uint8Array(
        directory.buffer,
        directory.byteOffset + at + 46,
        Math.min(nameLength, directory.byteLength - at - 46),
      ),
    );
    const entry = {
      method: directory.getUint16(at + 10, true),
      flags: directory.getUint16(at + 8, true),
      packed: directory.getUint32(at + 20, true),
      offset: directory.getUint32(at + 42, true),
    };
    if (!name.endsWith("/")) entries.push({ name, open: () => unpack(zip, name, entry) });
    at += 46 + nameLength + directory.getUint16(at + 30, true) + directory.getUint16(at + 32, true);
  }
  return entries;
}

async function* unpack(
  zip: Blob,
  name: string,
  entry: { method: number; flags: number; packed: number; offset: number },
): AsyncIterable<Uint8Array> {
  if (entry.flags & 1) throw new UserError(`${name} in the zip is encrypted`);
  if (entry.method !== 0 && entry.method !== 8)
    throw new UserError(`${name} in the zip is packed in an unknown way`);
  const header = await bytesOf(zip, entry.offset, entry.offset + 30);
  if (header.byteLength < 30 || header.getUint32(0, true) !== 0x04034b50)
    throw new UserError(`${name} in the zip is broken`);
  const from = entry.offset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  const packed = zip.slice(from, from + entry.packed).stream();
  if (entry.method === 0) {
    yield* packed;
    return;
  }
  const source = Readable.from(packed, { objectMode: false });
  const inflate = createInflateRaw({ chunkSize: 256 * 1024 });
  source.on("error", (error) => inflate.destroy(error));
  yield* source.pipe(inflate);
}

function endRecord(tail: DataView): number {
  for (let at = tail.byteLength - END_RECORD; at >= 0; at--) {
    if (tail.getUint32(at, true) === 0x06054b50) return at;
  }
  throw new UserError("the zip has no directory: it is cut or broken");
}

async function bytesOf(zip: Blob, from: number, to: number): Promise<DataView> {
  return new DataView(await zip.slice(from, to).arrayBuffer());
}
