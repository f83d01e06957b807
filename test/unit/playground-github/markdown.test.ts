import { expect, test } from "bun:test";
import { renderMarkdown } from "../../../src/playground/github/pages/markdown.ts";

const render = (text: string) => renderMarkdown(text, { repository: "/acme/shop" });

test.each([
  ["# Title", "<h1>Title</h1>"],
  ["a **b** *c* `d*e*`", "<p>a <strong>b</strong> <em>c</em> <code>d*e*</code></p>"],
  ["one\ntwo", "<p>one<br>\ntwo</p>"],
  ["- a\n- b\n  - c", "<ul><li>a</li><li>b\n<ul><li>c</li></ul></li></ul>"],
  ["3. x", '<ol start="3"><li>x</li></ol>'],
  ["> q", "<blockquote><p>q</p></blockquote>"],
  ["```go\n<b> *x*\n```", "<pre><code>&lt;b&gt; *x*</code></pre>"],
  ["a<!-- hidden -->b", "<p>ab</p>"],
  ["```\n<!-- shown -->\n```", "<pre><code>&lt;!-- shown --&gt;</code></pre>"],
  ["see #12", '<p>see <a href="/acme/shop/issues/12" rel="nofollow noopener">#12</a></p>'],
  ["snake_case_name", "<p>snake_case_name</p>"],
  [
    "| a | b |\n|---|---|\n| 1 | `x` |",
    '<div class="table"><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td><code>x</code></td></tr></tbody></table></div>',
  ],
  [
    "<details><summary>More</summary>\n\ntext\n\n</details>\nafter",
    "<details><summary>More</summary><p>text</p></details>\n<p>after</p>",
  ],
])("renders %j", (text, html) => {
  expect(render(text)).toBe(html);
});

test.each([
  "<script>alert(1)</script>",
  "[x](javascript:alert(1))",
  "![x](data:text/html,<script>)",
  '[x](https://a.b/"onmouseover="alert(1))',
  "<img src=x onerror=alert(1)>",
  "<details><summary><img src=x onerror=alert(1)></summary></details>",
  "`<b onclick=alert(1)>`",
  "<https://a.b/<script>>",
  "\u00000\u0000 `a`",
])("shows %j without obeying it", (text) => {
  const tags = render(text).match(/<[^>]*>/g) ?? [];
  const known =
    /^<\/?(p|a|code|details|summary|strong|em|br)( href="https:[^"]*" rel="nofollow noopener")?>$/;
  expect(tags.filter((tag) => !known.test(tag))).toEqual([]);
});

test("deep nesting and unclosed marks end", () => {
  expect(render(`${">".repeat(5000)} x`)).toContain("x");
  expect(render("```\nnever closed")).toBe("<pre><code>never closed</code></pre>");
  expect(render("<!-- never closed\ntext")).toBe("");
});

test.each(["[", "![", "`", "**a", "__a ", "*a", "<details>", "> ", "```\n"])(
  "%j without end is quick",
  (unit) => {
    const text = unit.repeat(60_000 / unit.length);
    const before = performance.now();
    render(text);
    // Unbounded expressions take eight seconds and more here.
    expect(performance.now() - before).toBeLessThan(4000);
  },
);
