/** Words by which package managers, git and HTTP clients say that the network failed, rather than what was asked for. */
const SIGNS =
  /could not resolve host|temporary failure in name resolution|name or service not known|network is unreachable|no route to host|connection (?:refused|reset|timed out)|i\/o timeout|tls handshake timeout|\b(?:ECONNRESET|ECONNREFUSED|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|ConnectionRefused)\b|newconnectionerror|max retries exceeded with url|read timed out|early eof|the remote end hung up|\b(?:502 bad gateway|503 service unavailable|504 gateway time-?out)\b|status(?: code)?:? (?:502|503|504)\b/i;

/** Whether a command's output says that the network failed. Nothing else is tried again by itself. */
export const isNetworkFault = (output: string): boolean => SIGNS.test(output);
