/** Emoji that have another name on each side, `slack github`; the others are called the same. */
const DIFFERENT = `
thinking_face thinking
face_palm facepalm
hugging_face hugs
robot_face robot
face_with_monocle monocle_face
white_frowning_face frowning_face
the_horns metal
large_green_circle green_circle
large_yellow_circle yellow_circle
large_orange_circle orange_circle
large_purple_circle purple_circle
large_brown_circle brown_circle
large_green_square green_square
large_red_square red_square
large_yellow_square yellow_square
large_blue_square blue_square
zipper_mouth_face zipper_mouth
money_mouth_face money_mouth
face_with_rolling_eyes roll_eyes
male-technologist man_technologist
female-technologist woman_technologist
man-shrugging man_shrugging
woman-shrugging woman_shrugging
man-facepalming man_facepalming
woman-facepalming woman_facepalming
man-bowing bowing_man
woman-bowing bowing_woman
man-gesturing-ok ok_man
woman-gesturing-ok ok_woman
man-gesturing-no no_good_man
woman-gesturing-no no_good_woman
man-raising-hand raising_hand_man
woman-raising-hand raising_hand_woman
`;

const pairs = DIFFERENT.trim()
  .split("\n")
  .map((line): [string, string] => {
    const [slack = "", github = ""] = line.split(" ");
    return [slack, github];
  });
const TO_GITHUB = new Map(pairs);
const TO_SLACK = new Map(pairs.map(([slack, github]) => [github, slack]));

const NAME = /:([a-z0-9_+'-]{1,50}):(?::skin-tone-[2-6]:)?/g;

const FLAG = /^flag-([a-z])([a-z])$/;
const INDICATOR_A = 0x1f1e6;
const indicator = (letter: string): number => INDICATOR_A + letter.charCodeAt(0) - 97;

/** Names of emoji as GitHub knows them; the tones of skin, which it has no names for, go, and flags are signs. */
export const emojiToGitHub = (text: string): string =>
  text.replace(NAME, (_, name: string) => {
    const [, first, second] = FLAG.exec(name) ?? [];
    if (first !== undefined && second !== undefined)
      return String.fromCodePoint(indicator(first), indicator(second));
    return `:${TO_GITHUB.get(name) ?? (name === "simple_smile" ? "slightly_smiling_face" : name)}:`;
  });

/** Names of emoji as Slack knows them. */
export const emojiToSlack = (text: string): string =>
  text.replace(NAME, (_, name: string) => `:${TO_SLACK.get(name) ?? name}:`);
