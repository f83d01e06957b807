/** A refusal the Web API answers with: `{ok: false, error: code, …more}`. */
export class ApiError extends Error {
  override name = "ApiError";
  constructor(
    readonly code: string,
    readonly more: Record<string, unknown> = {},
    readonly status = 200,
    readonly headers: Record<string, string> = {},
  ) {
    super(code);
  }
}
