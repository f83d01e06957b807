import { expect, test } from "bun:test";
import { PlatformReader, platformOfLabels } from "../../../src/features/failures/platform.ts";

/** What is read of these lines, in pieces of `size` bytes. */
function read(lines: string[], labels: string[] = [], size = 7) {
  const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
  const reader = new PlatformReader(labels);
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  return reader.result();
}

const stamped = (line: string) => `2026-03-01T10:00:00.1234567Z ${line}`;

test("the group of the operating system and the runner's image are read", () => {
  const lines = [
    "\uFEFF2026-03-01T10:00:00.1234567Z Current runner version: '2.330.0'",
    ...["##[group]Operating System", "Ubuntu", "24.04.3", "LTS", "##[endgroup]"].map(stamped),
    ...["##[group]Runner Image", "Image: ubuntu-24.04-arm", "##[endgroup]"].map(stamped),
  ];
  expect(read(lines)).toEqual({ os: "Ubuntu 24.04.3 LTS", arch: "arm64", toolchain: null });
});

test.each([
  ["go version go1.23.4 linux/amd64", "go 1.23.4"],
  ["Successfully set up Go version 1.22", "go 1.22"],
  ["rustc 1.80.0-nightly (051478957 2024-07-21)", "rust 1.80.0-nightly"],
  ["bun test v1.4.5 (a7733435)", "bun 1.4.5"],
  ["node: v20.11.1", "node 20.11.1"],
  ["Node.js v22.1.0", "node 22.1.0"],
  ["Successfully set up CPython (3.12.3)", "python 3.12.3"],
  ["platform linux -- Python 3.11.9, pytest-8.2.0, pluggy-1.5.0", "python 3.11.9"],
  ["Python 3.10.12", "python 3.10.12"],
  ['openjdk version "21.0.4" 2026-01-20 LTS', "java 21.0.4"],
  ["ruby 3.3.0 (2023-12-25 revision 5124f9ac75) [x86_64-linux]", "ruby 3.3.0"],
  ["Runtime:       PHP 8.3.6", "php 8.3.6"],
  ["dotnet-install: Installed version is 8.0.100", "dotnet 8.0.100"],
  ["\u001b[36;1mElixir 1.16.2 (compiled with Erlang/OTP 26)\u001b[0m", "elixir 1.16.2"],
])("%s", (line, toolchain) => {
  expect(read([stamped(line)]).toolchain).toBe(toolchain);
});

test.each(["I like ruby 3", "echo node: version", "Python 3 is fine", "go version gone", "x".repeat(9000)])(
  "%s tells no version",
  (line) => {
    expect(read([stamped(line)]).toolchain).toBeNull();
  },
);

test("several tools, each by its first word; the architecture of go", () => {
  const lines = ["go version go1.23.4 darwin/arm64", "node: v20.1.0", "go version go1.19 linux/amd64"];
  expect(read(lines.map(stamped))).toEqual({ os: null, arch: "arm64", toolchain: "go 1.23.4, node 20.1.0" });
});

test.each([
  [["ubuntu-latest"], "ubuntu-latest", "x64"],
  [["ubuntu-24.04-arm"], "ubuntu-24.04-arm", "arm64"],
  [["windows-2022"], "windows-2022", "x64"],
  [["macos-13"], "macos-13", "x64"],
  [["macos-15"], "macos-15", "arm64"],
  [["macos-latest-large"], "macos-latest-large", "x64"],
  [["self-hosted", "Linux", "ARM64"], "Linux", "arm64"],
  [["self-hosted", "fast"], null, null],
])("labels %j", (labels, os, arch) => {
  expect(platformOfLabels(labels)).toEqual({ os, arch });
});

test("what the log says counts more than the labels", () => {
  const lines = ["##[group]Operating System", "macOS", "15.1", "##[endgroup]"];
  expect(read(lines, ["self-hosted", "Linux", "X64"]).os).toBe("macOS 15.1");
});
