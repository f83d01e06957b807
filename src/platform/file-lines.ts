import { open } from "node:fs/promises";

/** Whole lines of a file, and the byte that they begin at. */
export interface FileLines {
  text: string;
  from: number;
}

const WINDOW = 64 * 1024;
/** A line that is longer is passed over. */
const LONGEST = 32 * WINDOW;

/**
 * The last lines of a file that end before a byte (null: at its end), as many as make up 64 KB, and one at the least.
 * However large the file is, no more is read. Null where there is no such file.
 */
export async function linesBefore(path: string, before: number | null): Promise<FileLines | null> {
  const file = await open(path).catch(() => null);
  if (file === null) return null;
  try {
    const { size } = await file.stat();
    const end = Math.min(before ?? size, size);
    for (let window = WINDOW; ; window *= 2) {
      const start = Math.max(0, end - window);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
      const cut = start === 0 ? 0 : buffer.indexOf("\n") + 1;
      const whole = cut > 0 && cut < bytesRead;
      if (start === 0 || whole) return { text: buffer.toString("utf8", cut, bytesRead), from: start + cut };
      if (window >= LONGEST) return { text: "", from: start };
    }
  } finally {
    await file.close();
  }
}
