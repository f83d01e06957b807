export { toMarkdown } from "./to-markdown.ts";
export { toMrkdwn } from "./to-mrkdwn.ts";
