/** The stages in the order of the pipeline: each may call those before it, never those behind it. */
export const STAGES = ["failures", "flakes", "issues", "threads", "approvals", "fixes", "pulls"];

/** Parts of the features below and beside the stages. */
const BESIDE: Record<string, readonly string[]> = {
  // the row and the state machine that all share
  findings: [],
  // what every stage works with (types), and the meter of the model they share
  "context.ts": [],
  "model-budget.ts": ["context.ts"],
  // what goes wrong and is told in a channel
  alerts: ["context.ts"],
  // reads the tables of all stages, and calls none
  insights: ["findings"],
  // the console of pull requests
  pipelines: ["context.ts", "model-budget.ts", "findings", ...STAGES],
};

const BASE = ["kernel", "ports", "config", "db", "platform"];

/** Which layers a layer may import besides itself. */
const LAYERS: Record<string, readonly string[]> = {
  kernel: [],
  ports: ["kernel"],
  config: ["kernel"],
  db: [],
  platform: ["kernel", "ports", "db"],
  outbound: ["kernel", "ports"],
  features: BASE,
  commands: [...BASE, "features"],
  web: [...BASE, "features/findings", "features/insights", "features/pipelines"],
  inbound: [...BASE, "features", "commands", "web"],
  playground: ["kernel"],
  "outside.ts": [...BASE, "outbound"],
  app: [...BASE, "features", "commands", "web", "inbound", "outbound", "outside.ts"],
  cli: [...BASE, "features", "commands", "web", "inbound", "outbound", "outside.ts", "app", "package.json"],
  "main.ts": ["kernel", "commands", "cli", "playground"],
};

/** Imports that are against the rule and yet right, each with its reason. */
export const EXCEPTIONS: Record<string, string> = {};

/** The layer of a path, `features` with its part: `kernel`, `features/issues`, `main.ts`. */
export function layerOf(path: string): string {
  const parts = path.replace(/^src\//, "").split("/");
  return parts[0] === "features" ? `features/${parts[1]}` : (parts[0] ?? "");
}

/** Whether a file of layer `from` may import one of layer `to`. */
export function mayImport(from: string, to: string): boolean {
  if (from === to) return true;
  const [head = "", part = ""] = from.split("/");
  const [toHead = "", toPart = ""] = to.split("/");
  const allowed = LAYERS[head];
  if (allowed === undefined) return false;
  if (head === "features" && toHead === "features") return mayCall(part, toPart);
  return allowed.includes(toHead) || allowed.includes(to);
}

function mayCall(from: string, to: string): boolean {
  if (Object.hasOwn(BESIDE, from)) return BESIDE[from]?.includes(to) ?? false;
  const [own, other] = [from, to].map((name) => STAGES.indexOf(name));
  if (own === undefined || own < 0) return false;
  return Object.hasOwn(BESIDE, to) ? to !== "pipelines" : other !== undefined && other >= 0 && other < own;
}

const SDK_LAYERS = ["outbound", "inbound", "platform", "db", "playground"];

/** Software of vendors, and where it may be used; everywhere else only the product's own words are spoken. */
const SDKS: { name: RegExp; layers: readonly string[]; typesIn?: readonly string[] }[] = [
  { name: /^@slack\/types$/, layers: SDK_LAYERS, typesIn: ["ports", "features", "commands"] },
  { name: /^(@slack\/|@octokit\/|openai$|pg-boss$|postgres$|@electric-sql\/)/, layers: SDK_LAYERS },
];

/** Whether a layer may import a package, for its types alone or as a whole. */
export function mayUse(layer: string, name: string, types: boolean): boolean {
  const head = layer.split("/")[0] ?? "";
  const sdk = SDKS.find((each) => each.name.test(name));
  if (sdk === undefined) return true;
  return sdk.layers.includes(head) || (types && (sdk.typesIn?.includes(head) ?? false));
}
