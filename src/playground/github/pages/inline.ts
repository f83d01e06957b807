const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes a text for an element or a quoted attribute. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);

/** What links without an address of their own lead to. */
export interface LinkBase {
  /** Address of the repository's pages, without a slash at the end. */
  repository: string;
}

const isSafe = (address: string): boolean => /^(https?:\/\/|mailto:|\/(?!\/)|#)/i.test(address);

const link = (address: string, html: string): string =>
  isSafe(address) ? `<a href="${escapeHtml(address)}" rel="nofollow noopener">${html}</a>` : html;

/**
 * Renders one line's worth of Markdown; everything it does not know is escaped. The expressions are bounded,
 * so that no crafted line keeps the server busy.
 */
export const renderInline = (text: string, base: LinkBase): string => {
  const kept: string[] = [];
  const keep = (html: string): string => `\0${kept.push(html) - 1}\0`;
  const marked = text
    .replaceAll("\0", "")
    .replace(/(?<!`)(`{1,9})(?!`)([\s\S]{0,4000}?[^`])\1(?!`)/g, (_, _ticks: string, code: string) =>
      keep(`<code>${escapeHtml(code.replace(/^ (.*\S.*) $/s, "$1"))}</code>`),
    )
    .replace(/\\([\\`*_{}[\]()#+\-.!|<>~])/g, (_, char: string) => keep(escapeHtml(char)))
    .replace(
      /!?\[([^\][\n]{0,500})\]\(\s*<?((?:[^\s()<>]|\([^\s()]*\))+)>?(?:\s+"[^"]*")?\s*\)/g,
      (_, label: string, address: string) => keep(link(address, styled(escapeHtml(label)))),
    )
    .replace(/<?(https?:\/\/[^\s<>()]+[^\s<>().,;:!?'"*_~])>?/g, (_, address: string) =>
      keep(link(address, escapeHtml(address))),
    )
    .replace(/<br\s*\/?>/gi, () => keep("<br>"))
    .replace(
      /(^|[\s(])#(\d+)\b/g,
      (_, before: string, number: string) =>
        `${before}${keep(link(`${base.repository}/issues/${number}`, `#${number}`))}`,
    )
    .replace(
      /(^|[\s(])@([A-Za-z0-9][A-Za-z0-9-]*)/g,
      (_, before: string, login: string) => `${before}${keep(`<strong class="mention">@${login}</strong>`)}`,
    );
  return restore(styled(escapeHtml(marked)), kept);
};

const styled = (html: string): string =>
  html
    .replace(/\*\*(?=\S)([\s\S]{0,500}?\S)\*\*/g, "<strong>$1</strong>")
    .replace(/(^|\W)__(?=\S)([\s\S]{0,500}?\S)__(?!\w)/g, "$1<strong>$2</strong>")
    .replace(/\*(?=[^\s*])([^*]*[^\s*])\*/g, "<em>$1</em>")
    .replace(/(^|\W)_(?=[^\s_])([^_]*[^\s_])_(?!\w)/g, "$1<em>$2</em>")
    .replace(/~~(?=\S)([\s\S]*?\S)~~/g, "<del>$1</del>");

// What was kept may hold kept parts itself: code inside a link's label.
const restore = (html: string, kept: string[]): string =>
  html.replace(/\0(\d+)\0/g, (_, index: string) => restore(kept[Number(index)] ?? "", kept));
