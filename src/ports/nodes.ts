/** What a node says about itself; its words are untrusted. */
export interface NodeHealth {
  version: string;
  sandbox: string;
  /** Tasks it runs at once. */
  capacity: number;
  /** What it has in hand, up to the answer to its report. */
  tasks: { task: string; attempt: number; phase: string | null; detail: string | null }[];
}

/** One attempt of a task as a node gets it, in the words of its interface. */
export interface NodeOrder {
  issue_id: string;
  task_id: string;
  attempt: number;
  /** Without credentials. */
  repository_url: string;
  issue_number: number | null;
  issue_title: string;
  issue_description: string;
  /** For this repository alone and for a short time; empty where the service has none to give. */
  credential_token: string;
  command: string;
  /** The branch that the node may push to; null where it hands in a patch. */
  push_branch: string | null;
  report_url: string;
  /** Reports this attempt, and opens nothing else. */
  report_token: string;
  /** All that a fixer starts from; a node with ways of its own may leave it alone. */
  fix: object;
}

/** Machines outside that run tasks. Addresses are those of the settings. */
export interface Nodes {
  /** Throws TransientError when it does not answer, or not as a node does. */
  health(url: string): Promise<NodeHealth>;
  /** `full`: it takes nothing now. Throws TransientError when nobody knows whether it took it, else RefusedError. */
  process(url: string, order: NodeOrder): Promise<"taken" | "full">;
  /** Has it stop; doing so twice is harmless. Throws TransientError. */
  cancel(url: string, task: string, attempt: number): Promise<void>;
}
