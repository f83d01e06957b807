import { expect, test } from "bun:test";
import { numberedLines, placeOfExact, placeOfLoose } from "../../../src/kernel/text/quoted-lines.ts";

const lines = ["starting", "  dial: no  answer yet", "", "12: the hour of the order", "starting"];
const LOG = { lines, first: 8 };

test("lines have the numbers of their log, or count from 1", () => {
  expect(numberedLines(LOG).slice(0, 2)).toEqual(["8: starting", "9:   dial: no  answer yet"]);
  expect(numberedLines({ lines: ["a", "b"], first: null })).toEqual(["1: a", "2: b"]);
});

test.each([
  ["as it stands there", "9:   dial: no  answer yet", 1, 1],
  ["with other blanks", " 9:dial: no answer  yet ", 1, 1],
  ["in another form of the number", "L9| dial: no answer yet", 1, 1],
  ["of equal lines the numbered one", "12: starting", 4, 4],
  ["a line that begins with a number", "11: 12: the hour of the order", 3, 3],
  ["the same without its own number", "12: the hour of the order", -1, 3],
  ["under a wrong number", "8: dial: no answer yet", -1, 1],
  ["without a number", "dial: no answer yet", -1, 1],
  ["a long part", "9: no answer yet", -1, 1],
  ["a crumb", "9: answer", -1, -1],
  ["a line cut at its end", "9: dial: no answer", -1, 1],
  ["more words", "9: dial: no answer yet, panic", -1, -1],
  ["a blank line", "10:", -1, -1],
  ["a line outside", "99: starting up", -1, -1],
  ["nothing", "", -1, -1],
])("a quote of %s", (_, quote, exact, loose) => {
  expect([placeOfExact(quote, LOG), placeOfLoose(quote, LOG)]).toEqual([exact, loose]);
});
