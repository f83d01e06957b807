// Runs a command and prints its processor seconds and most memory (MB) as JSON. A process that is started counts the
// memory of the one that starts it as its own most, so that only a small one measures right.
const command = process.argv.slice(2);
const { resourceUsage, exitCode } = Bun.spawnSync(command, { stdout: "ignore", stderr: "inherit" });
if (exitCode !== 0 || resourceUsage === undefined)
  throw new Error(`${command.join(" ")} ended with ${exitCode}`);
console.log(
  JSON.stringify({ seconds: Number(resourceUsage.cpuTime.total) / 1e6, memory: resourceUsage.maxRSS / 1e6 }),
);
