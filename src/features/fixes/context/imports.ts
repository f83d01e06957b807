import type { CodeIndex } from "./code-index.ts";
import { folderOf, languageOf } from "./languages.ts";

/** What a file imports of the same repository: the name it is used by, where there is one, and the files. */
export interface Import {
  alias: string | null;
  files: readonly string[];
}

const MAX_IMPORTS = 300;

/** Resolves imports inside one tree; what lies outside of it is left out. */
export class Imports {
  readonly #index: CodeIndex;
  readonly #known = new Map<string, readonly Import[]>();
  /** Go modules of the tree, the longest name first. */
  readonly #modules: readonly { name: string; folder: string }[];
  /** Paths by their last part without ending. */
  readonly #byStem = new Map<string, string[]>();

  constructor(index: CodeIndex) {
    this.#index = index;
    this.#modules = modulesOf(index);
    for (const path of index.tree.files) {
      const language = languageOf(path);
      if (language === undefined) continue;
      const stem = path.slice(path.lastIndexOf("/") + 1, path.lastIndexOf("."));
      const known = this.#byStem.get(stem);
      if (known === undefined) this.#byStem.set(stem, [path]);
      else known.push(path);
    }
  }

  /** Imports of a file, in its order. */
  of(path: string): readonly Import[] {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const found = [...this.#read(path)].filter(({ files }) => files.length > 0).slice(0, MAX_IMPORTS);
    this.#known.set(path, found);
    return found;
  }

  /** Files of the package that a Go import path names. */
  goPackage(name: string): readonly string[] {
    const module = this.#modules.find((each) => name === each.name || name.startsWith(`${each.name}/`));
    if (module === undefined) return [];
    const rest = name.slice(module.name.length + 1);
    const folder = [module.folder, rest].filter((part) => part !== "").join("/");
    return (this.#index.byFolder.get(folder) ?? []).filter(
      (path) => path.endsWith(".go") && !path.endsWith("_test.go"),
    );
  }

  *#read(path: string): Iterable<Import> {
    const text = this.#index.text(path);
    switch (languageOf(path)?.name) {
      case "go":
        return yield* this.#go(text);
      case "script":
        return yield* this.#script(path, text);
      case "python":
        return yield* this.#python(path, text);
      case "rust":
        return yield* this.#rust(path, text);
      case "ruby":
        return yield* this.#ruby(path, text);
      case "native":
        for (const [, name = ""] of text.matchAll(/^#include "([^"\n]{1,200})"/gm)) {
          yield { alias: null, files: this.#bySuffix(name.replace(/\.\w+$/, "")) };
        }
        return;
      default:
        // a class has the name of its file
        for (const [, name = ""] of text.matchAll(/^(?:import|use|using) (?:static )?([\w.\\]{3,200})/gm)) {
          const parts = name.split(/[.\\]/);
          const files = this.#bySuffix(parts.join("/"));
          yield { alias: parts.at(-1) ?? null, files };
        }
    }
  }

  *#go(text: string): Iterable<Import> {
    const block = /^import \(\n([\s\S]{0,20000}?)^\)/m.exec(text)?.[1] ?? "";
    const single = [...text.matchAll(/^import [^(\n]{1,300}$/gm)].map((match) => match[0].slice(7));
    for (const line of [...block.split("\n"), ...single]) {
      const match = /^\s{0,8}(?:([\w.]+) )?"([^"]+)"/.exec(line);
      if (match === null) continue;
      const name = match[2] ?? "";
      const last = name.split("/").pop() ?? "";
      yield { alias: match[1] ?? last.replaceAll("-", "_"), files: this.goPackage(name) };
    }
  }

  *#script(path: string, text: string): Iterable<Import> {
    const pattern =
      /(?:\bfrom|\bimport|\brequire\(|\bimport\()\s{0,4}["'](\.{1,2}\/[^"'\n]{0,200}|\.{1,2})["']/g;
    for (const [, name = ""] of text.matchAll(pattern)) {
      yield { alias: null, files: this.#scriptFile(join(folderOf(path), name)) };
    }
    for (const match of text.matchAll(/\bimport \* as (\w+) from ["'](\.[^"'\n]{0,200})["']/g)) {
      yield { alias: match[1] ?? null, files: this.#scriptFile(join(folderOf(path), match[2] ?? "")) };
    }
  }

  #scriptFile(place: string | null): string[] {
    if (place === null) return [];
    const bare = place.replace(/\.[cm]?jsx?$/, "");
    const endings = languageOf("x.ts")?.endings ?? [];
    const names = [
      place,
      ...endings.flatMap((end) => [bare + end, `${place}${end}`, `${place}/index${end}`]),
    ];
    const there = new Set(this.#index.byFolder.get(folderOf(place)));
    const inside = new Set(this.#index.byFolder.get(place));
    const found = names.find((name) => there.has(name) || inside.has(name));
    return found === undefined ? [] : [found];
  }

  *#python(path: string, text: string): Iterable<Import> {
    for (const match of text.matchAll(/^[ \t]{0,40}from (\.{0,5})([\w.]{0,200}) import ([^\n]{1,300})/gm)) {
      const [, dots = "", name = "", names = ""] = match;
      const inner = names
        .replace(/[()\\]/g, "")
        .split(",")
        .map((each) => each.trim().split(/\s+/));
      for (const [imported = "", , as] of [["", "", undefined], ...inner]) {
        const files = this.#pythonFiles(path, dots.length, [name, imported].filter(Boolean).join("."));
        yield { alias: (as ?? imported) || null, files };
      }
    }
    for (const [, name = "", as] of text.matchAll(/^[ \t]{0,40}import ([\w.]{1,200})(?: as (\w+))?/gm)) {
      yield { alias: as ?? name.split(".").pop() ?? null, files: this.#pythonFiles(path, 0, name) };
    }
  }

  #pythonFiles(path: string, dots: number, name: string): readonly string[] {
    const inner = name.replaceAll(".", "/");
    if (dots === 0) return this.#bySuffix(inner, [".py"]);
    let folder: string = folderOf(path);
    for (let up = 1; up < dots; up += 1) folder = folderOf(folder);
    const place = [folder, inner].filter((part) => part !== "").join("/");
    const files = new Set([
      ...(this.#index.byFolder.get(folderOf(place)) ?? []),
      ...(this.#index.byFolder.get(place) ?? []),
    ]);
    return [`${place}.py`, `${place}/__init__.py`].filter((each) => files.has(each));
  }

  *#rust(path: string, text: string): Iterable<Import> {
    const folder = folderOf(path);
    const own = /(?:^|\/)(?:mod|lib|main)\.rs$/.test(path) ? folder : path.replace(/\.rs$/, "");
    for (const [, name = ""] of text.matchAll(/^[ \t]{0,40}(?:pub(?:\(\w+\))? )?mod (\w+);/gm)) {
      const files = [own, folder].flatMap((base) => this.#bySuffix(join(base, name) ?? "", [".rs"]));
      yield { alias: name, files: files.slice(0, 1) };
    }
    for (const [, use = ""] of text.matchAll(/^[ \t]{0,40}(?:pub )?use ([\w:]{1,200})/gm)) {
      const parts = use.split("::").filter((part) => !["crate", "self", "super", ""].includes(part));
      const found = this.#rustPath(parts) ?? this.#rustPath(parts.slice(1));
      if (found !== null) yield found;
    }
  }

  /** The tail of a path may name things inside of a file; its head may be the crate. */
  #rustPath(parts: readonly string[]): Import | null {
    for (let count = parts.length; count > 0; count -= 1) {
      const files = this.#bySuffix(parts.slice(0, count).join("/"), [".rs"]);
      if (files.length > 0) return { alias: parts[count - 1] ?? null, files };
    }
    return null;
  }

  *#ruby(path: string, text: string): Iterable<Import> {
    for (const match of text.matchAll(/^[ \t]{0,40}require(_relative)? ["']([^"'\n]{1,200})["']/gm)) {
      const name = (match[2] ?? "").replace(/\.rb$/, "");
      const place = match[1] === undefined ? name : (join(folderOf(path), name) ?? name);
      yield { alias: null, files: this.#bySuffix(place, [".rb"]) };
    }
    for (const [, name = ""] of text.matchAll(/^[ \t]{0,40}(?:alias|import|use) ([A-Z][\w.]{1,200})/gm)) {
      const snake = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
      yield {
        alias: name.split(".").pop() ?? null,
        files: this.#bySuffix(snake.replaceAll(".", "/"), [".ex"]),
      };
    }
  }

  /** Files whose path without ending is `name`, or ends with it; those nearest to the root. */
  #bySuffix(name: string, endings: readonly string[] | null = null): string[] {
    const parts = name.split("/");
    const inits = ["__init__", "mod", "lib"].flatMap((stem) => this.#ending(`${name}/${stem}`, endings));
    return [...this.#ending(name, endings), ...(parts.length > 1 || endings !== null ? inits : [])]
      .sort((a, b) => a.length - b.length)
      .slice(0, 3);
  }

  #ending(name: string, endings: readonly string[] | null): string[] {
    return (this.#byStem.get(name.split("/").pop() ?? "") ?? []).filter((path) => {
      const bare = path.slice(0, path.lastIndexOf("."));
      const fits = endings === null || endings.some((end) => path.endsWith(end));
      return fits && (bare === name || bare.endsWith(`/${name}`));
    });
  }
}

function modulesOf(index: CodeIndex): { name: string; folder: string }[] {
  const modules: { name: string; folder: string }[] = [];
  for (const [path, text] of index.tree.texts) {
    if (!/(?:^|\/)go\.mod$/.test(path)) continue;
    const name = /^module "?([^\s"]{1,300})/m.exec(text)?.[1];
    if (name !== undefined) modules.push({ name, folder: folderOf(path) });
  }
  return modules.sort((a, b) => b.name.length - a.name.length);
}

/** Joins a folder and a relative path; null when it leaves the root. */
function join(folder: string, name: string): string | null {
  const parts = folder === "" ? [] : folder.split("/");
  for (const part of name.split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) return null;
    } else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}
