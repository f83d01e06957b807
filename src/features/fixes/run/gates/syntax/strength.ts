import { squeeze } from "./fact.ts";

/** Names of assertions that only say that something is there, or that nothing blew up. */
const PRESENCE =
  /(?:NotNil|NotEmpty|NotNull|isNotNull|isNotEmpty|isPresent|toBeDefined|toBeTruthy|IsNotNone|NotPanics|DoesNotThrow|doesNotThrow|NotZero|toHaveBeenCalled|exists?|isOk|toExist|is_some|is_ok|isInstanceOf|assertIsInstance|IsType|toBeInstanceOf|NotNone|called|anyOf)$/;
/** Those that say a range, a part, or an order-free set. */
const PARTIAL =
  /(?:Greater\w*|Less\w*|Contains\w*|contains\w*|InDelta\w*|InEpsilon|WithinDuration|WithinRange|Subset|NotEqual\w*|toContain\w*|toMatch\w*|toBeCloseTo|ElementsMatch|assertIn|AlmostEqual\w*|CountEqual|Regexp?|isBetween|isCloseTo|startsWith|endsWith|hasSizeGreaterThan\w*|hasSizeLessThan\w*|atLeast\w*|atMost\w*|assertNotEqual\w*|hasItems?|isIn|isNotEqualTo|toHaveProperty|arrayContaining|include\w*|assert_ne!|Error|throws|toThrow|assertNotSame|match\w*|isSubsetOf)$/;
const BOOLEAN =
  /(?:^|\.)(?:True|Truef|assertTrue|isTrue|ok|assert|toBeTruthy|toBeTrue|is_true)$|^(?:assert|debug_assert|prop_assert|ensure)!$|^assert$|(?:^|\.)(?:False|assertFalse|isFalse)$/;

/** How much an assertion says, from its name and arguments (without the testing handle): 0 nothing to 3 exactly this. */
export function strengthOf(callee: string, args: readonly string[]): number {
  const plain = args.map(squeeze);
  // Left out of optimised builds.
  if (/^debug_assert/.test(callee)) return Math.min(2.5, strengthOf(callee.slice("debug_".length), args));
  if (/containsExactly$/.test(callee)) return 3;
  if (/containsExactlyInAnyOrder$|containsOnly$/.test(callee)) return 2.5;
  if (/containsAnyOf$/.test(callee)) return 1.5;
  if (/assertThrows$|\braises$|assertRaises$/.test(callee)) return isBroadError(plain[0] ?? "") ? 2 : 3;
  if (/toThrow(?:Error)?$/.test(callee)) return plain.length > 1 ? 3 : 2;
  const boolean =
    BOOLEAN.test(callee) ||
    (/\.(?:toBe|toEqual|toStrictEqual)$/.test(callee) && /^(?:true|True)$/.test(plain[1] ?? ""));
  if (boolean) return strengthOfCondition(args[0] ?? "");
  if (plain.length >= 2 && plain[0] === plain[1] && plain[0] !== "") return 0;
  if (/^expect\.any|anything\(\)/.test(plain[1] ?? "")) return 1;
  if (/(?:any|anything|ANY|mock\.Anything|isA)\b/.test(plain.slice(1).join(","))) return 2;
  if (/\.not\.(?:toBeNull|toBeUndefined|toThrow)$/.test(callee)) return 1;
  if (/\.(?:unwrap|expect)$/.test(callee)) return 2;
  if (PRESENCE.test(callee)) return 1;
  if (PARTIAL.test(callee) || /\.not\./.test(callee)) return 2;
  return 3;
}

const isBroadError = (name: string): boolean =>
  /^\(?(?:Exception|BaseException|Throwable|RuntimeException|Error)(?:\.class)?/.test(name);

/** How much a condition says. */
export function strengthOfCondition(condition: string): number {
  const text = squeeze(condition).replace(/^\((.*)\)$/, "$1");
  if (/^(?:true|True|1|!false|notFalse|!0)$/.test(text)) return 0;
  if (/\|\|\s*true\b|\bor\s+True\b|^\s*(?:true\s*\|\||True\s+or\b)/.test(condition)) return 0;
  const equal = /^([^=!<>]+)={2,3}([^=]+)$/.exec(text);
  if (equal !== null && equal[1] === equal[2]) return 0;
  if (/>=0$|>=-|\.length>=0|^len\(.*\)>=0/.test(text)) return 0.5;
  if (/\|\||\bor\b/.test(condition) && /==/.test(text)) return 1.5;
  if (/={2,3}|\.equals\(|\.Equal\(|isclose/.test(text)) return 3;
  if (/isnotNone|!=null|!==undefined|!=nil|is_some\(\)|is_ok\(\)|isPresent\(\)/.test(text)) return 1;
  if (
    /[<>]|!=|\bin\b|includes\(|contains|startsWith|endsWith|starts_with|HasPrefix|matches|has\(/i.test(text)
  )
    return 2;
  return /\(/.test(text) ? 1.8 : 1;
}

/** How much it says that a test fails under a condition: what is asserted is its opposite. */
export function strengthOfFault(condition: string): number {
  const any = condition.split("||");
  if (any.length > 1) return Math.max(...any.map(strengthOfFault));
  // it fails only where all of it holds
  const all = condition.split("&&");
  if (all.length > 1) return Math.min(...all.map(strengthOfFault)) - 0.5;
  const text = squeeze(condition).replace(/^\((.*)\)$/, "$1");
  if (/^(?:false|False)$/.test(text)) return 0;
  if (/!==?|!\w*\.?(?:\w+\.)*(?:DeepEqual|Equals?|equals|Is|As)\(/.test(text)) return 3;
  if (/={2,3}(?:nil|null|None|undefined)$/.test(text)) return 1;
  return 2;
}
