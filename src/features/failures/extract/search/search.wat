;; Finds many literals at once in bytes, 16 at a step, and counts the lines it passes.
;;
;; Each literal has a fingerprint, four bytes in a row that it holds. The fingerprints stand in 16 groups, and for
;; each of the four places two tables of 16 entries say which groups have a byte with that low, and with that high,
;; half. So eight look-ups tell for 16 places at once whether one of eight groups may begin there; both halves of
;; the groups take sixteen. Where one may, a table by the hash of the four bytes leads to the literals to compare.
;;
;; Memory, as search.ts lays it out:
;;        0  tables: for groups 0-7, then 8-15, for each place: low halves, high halves (16 bytes each)
;;      256  by hash (12 bits) the first literal, as its number and 1; 0 is none (u16)
;;     8448  literals: address (u32), length (u8), place of the fingerprint (u8), the next of the same hash (u16)
;;    16640  the literals' bytes
;;    33024  hits: where it begins, which literal, lines ended before it since the search began (u32 each)
;;    65504  what `line` tells
;;    65536  for each literal which texts it matters in (64 bytes, see `matters`)
;;   131072  the bytes to be searched; at least 19 more must be readable after them
(module
  (memory (export "memory") 10 10)
  ;; where the last search stopped, which is before its end where the hits were full
  (global $stopped (mut i32) (i32.const 0))
  ;; lines that ended between its beginning and there
  (global $lines (mut i32) (i32.const 0))
  ;; the last literal found that did not matter, and the lines ended before it; 0 is none
  (global $passed (mut i32) (i32.const 0))
  (global $passedLines (mut i32) (i32.const 0))
  ;; the line last looked at for a literal in it, and how its text begins
  (global $lookedFrom (mut i32) (i32.const 0))
  (global $lookedTo (mut i32) (i32.const 0))
  (global $begins (mut i32) (i32.const 0))
  (func (export "stopped") (result i32) (global.get $stopped))
  (func (export "lines") (result i32) (global.get $lines))
  (func (export "passed") (result i32) (global.get $passed))
  (func (export "passedLines") (result i32) (global.get $passedLines))

  ;; Finds the literals between $from and $to that matter; returns how many hits there are. Once they are more than
  ;; $most it stops at the next step. They come by where their fingerprints are, which is also the order of the lines.
  (func (export "search") (param $from i32) (param $to i32) (param $most i32) (result i32)
    (local $at i32) (local $valid i32) (local $new i32) (local $maybe i32) (local $hits i32) (local $lines i32)
    (local $place i32) (local $entry i32) (local $start i32) (local $end i32) (local $byte i32) (local $begin i32)
    (local $hit i32) (local $before i32) (local $half v128) (local $v v128) (local $low v128) (local $high v128)
    (local $a v128) (local $b v128)
    (local.set $half (i8x16.splat (i32.const 15)))
    (local.set $at (local.get $from))
    (global.set $passed (i32.const 0))
    ;; the bytes may have moved
    (global.set $lookedFrom (i32.const 0))
    (global.set $lookedTo (i32.const 0))
    (block $done
      (loop $step
        (br_if $done (i32.ge_u (local.get $at) (local.get $to)))
        ;; a bit for each of the 16 places that is before $to
        (local.set $valid (select (i32.const 0xffff)
          (i32.sub (i32.shl (i32.const 1) (i32.sub (local.get $to) (local.get $at))) (i32.const 1))
          (i32.ge_u (i32.sub (local.get $to) (local.get $at)) (i32.const 16))))
        ;; place 0
        (local.set $v (v128.load (local.get $at)))
        (local.set $new (i32.and (local.get $valid)
          (i8x16.bitmask (i8x16.eq (local.get $v) (i8x16.splat (i32.const 10))))))
        (local.set $low (v128.and (local.get $v) (local.get $half)))
        (local.set $high (v128.and (i16x8.shr_u (local.get $v) (i32.const 4)) (local.get $half)))
        (local.set $a (v128.and
          (i8x16.swizzle (v128.load offset=0 (i32.const 0)) (local.get $low))
          (i8x16.swizzle (v128.load offset=16 (i32.const 0)) (local.get $high))))
        (local.set $b (v128.and
          (i8x16.swizzle (v128.load offset=128 (i32.const 0)) (local.get $low))
          (i8x16.swizzle (v128.load offset=144 (i32.const 0)) (local.get $high))))
        ;; place 1
        (local.set $v (v128.load offset=1 (local.get $at)))
        (local.set $low (v128.and (local.get $v) (local.get $half)))
        (local.set $high (v128.and (i16x8.shr_u (local.get $v) (i32.const 4)) (local.get $half)))
        (local.set $a (v128.and (local.get $a) (v128.and
          (i8x16.swizzle (v128.load offset=32 (i32.const 0)) (local.get $low))
          (i8x16.swizzle (v128.load offset=48 (i32.const 0)) (local.get $high)))))
        (local.set $b (v128.and (local.get $b) (v128.and
          (i8x16.swizzle (v128.load offset=160 (i32.const 0)) (local.get $low))
          (i8x16.swizzle (v128.load offset=176 (i32.const 0)) (local.get $high)))))
        ;; place 2
        (local.set $v (v128.load offset=2 (local.get $at)))
        (local.set $low (v128.and (local.get $v) (local.get $half)))
        (local.set $high (v128.and (i16x8.shr_u (local.get $v) (i32.const 4)) (local.get $half)))
        (local.set $a (v128.and (local.get $a) (v128.and
          (i8x16.swizzle (v128.load offset=64 (i32.const 0)) (local.get $low))
          (i8x16.swizzle (v128.load offset=80 (i32.const 0)) (local.get $high)))))
        (local.set $b (v128.and (local.get $b) (v128.and
          (i8x16.swizzle (v128.load offset=192 (i32.const 0)) (local.get $low))
          (i8x16.swizzle (v128.load offset=208 (i32.const 0)) (local.get $high)))))
        ;; place 3
        (local.set $v (v128.load offset=3 (local.get $at)))
        (local.set $low (v128.and (local.get $v) (local.get $half)))
        (local.set $high (v128.and (i16x8.shr_u (local.get $v) (i32.const 4)) (local.get $half)))
        (local.set $a (v128.and (local.get $a) (v128.and
          (i8x16.swizzle (v128.load offset=96 (i32.const 0)) (local.get $low))
          (i8x16.swizzle (v128.load offset=112 (i32.const 0)) (local.get $high)))))
        (local.set $b (v128.and (local.get $b) (v128.and
          (i8x16.swizzle (v128.load offset=224 (i32.const 0)) (local.get $low))
          (i8x16.swizzle (v128.load offset=240 (i32.const 0)) (local.get $high)))))
        (local.set $maybe (i32.and (local.get $valid) (i32.xor (i32.const 0xffff)
          (i8x16.bitmask (i8x16.eq (v128.or (local.get $a) (local.get $b)) (v128.const i32x4 0 0 0 0))))))
        (block $none
          (loop $candidate
            (br_if $none (i32.eqz (local.get $maybe)))
            (local.set $place (i32.add (local.get $at) (i32.ctz (local.get $maybe))))
            (local.set $entry (i32.load16_u offset=256 (i32.shl
              (i32.shr_u (i32.mul (i32.load (local.get $place)) (i32.const 0x9e3779b1)) (i32.const 20))
              (i32.const 1))))
            (block $checked
              (loop $literal
                (br_if $checked (i32.eqz (local.get $entry)))
                ;; the entry's address, 8448 being that of number 0
                (local.set $entry (i32.shl (i32.sub (local.get $entry) (i32.const 1)) (i32.const 3)))
                (local.set $start (i32.sub (local.get $place) (i32.load8_u offset=8453 (local.get $entry))))
                (local.set $end (i32.add (local.get $start) (i32.load8_u offset=8452 (local.get $entry))))
                (block $differs
                  (br_if $differs (i32.lt_u (local.get $start) (local.get $from)))
                  (br_if $differs (i32.gt_u (local.get $end) (local.get $to)))
                  (local.set $byte (i32.load offset=8448 (local.get $entry)))
                  (local.set $begin (local.get $start))
                  (loop $compare
                    (br_if $differs (i32.ne (i32.load8_u (local.get $begin)) (i32.load8_u (local.get $byte))))
                    (local.set $byte (i32.add (local.get $byte) (i32.const 1)))
                    (br_if $compare (i32.lt_u
                      (local.tee $begin (i32.add (local.get $begin) (i32.const 1))) (local.get $end))))
                  (local.set $before (i32.add (local.get $lines)
                    (i32.popcnt (i32.and (local.get $new) (i32.sub
                      (i32.and (local.get $maybe) (i32.sub (i32.const 0) (local.get $maybe))) (i32.const 1))))))
                  (if (i32.eqz (call $matters
                    (i32.shl (local.get $entry) (i32.const 3)) (local.get $start)
                    (i32.sub (local.get $end) (local.get $start)) (local.get $from) (local.get $to)))
                    (then
                      (global.set $passed (local.get $start))
                      (global.set $passedLines (local.get $before))
                      (br $differs)))
                  (local.set $hit (i32.mul (local.get $hits) (i32.const 12)))
                  (i32.store offset=33024 (local.get $hit) (local.get $start))
                  (i32.store offset=33028 (local.get $hit) (i32.shr_u (local.get $entry) (i32.const 3)))
                  (i32.store offset=33032 (local.get $hit) (local.get $before))
                  (local.set $hits (i32.add (local.get $hits) (i32.const 1))))
                (local.set $entry (i32.load16_u offset=8454 (local.get $entry)))
                (br $literal)))
            (local.set $maybe (i32.and (local.get $maybe) (i32.sub (local.get $maybe) (i32.const 1))))
            (br $candidate)))
        (local.set $lines (i32.add (local.get $lines) (i32.popcnt (local.get $new))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br_if $step (i32.le_u (local.get $hits) (local.get $most)))))
    (global.set $stopped (select (local.get $at) (local.get $to) (i32.lt_u (local.get $at) (local.get $to))))
    (global.set $lines (local.get $lines))
    (local.get $hits))

  ;; Whether a literal found at $start matters to the line it is in, by its 64 bytes at $table: which bytes a text
  ;; may begin with for any of its rules to match (bits, 128 for all that are not ASCII), from 32 on the same of what
  ;; follows blanks at the beginning. The byte at 31 is 0 until they are known; until then all is kept, as is what
  ;; stands in a line of which only a closer look tells the beginning.
  (func $matters (param $table i32) (param $start i32) (param $length i32) (param $from i32) (param $to i32)
    (result i32)
    (if (i32.eqz (i32.load8_u offset=65567 (local.get $table))) (then (return (i32.const 1))))
    (if (i32.or (i32.lt_u (local.get $start) (global.get $lookedFrom))
      (i32.ge_u (local.get $start) (global.get $lookedTo)))
      (then (call $look (call $lineStart (local.get $start) (local.get $from)) (local.get $to))))
    (if (i32.lt_s (global.get $begins) (i32.const 0)) (then (return (i32.const 1))))
    (if (i32.and (i32.const 1) (i32.shr_u
      (i32.load8_u offset=65536 (i32.add (local.get $table) (i32.shr_u (global.get $begins) (i32.const 3))))
      (i32.and (global.get $begins) (i32.const 7))))
      (then (return (i32.const 1))))
    (call $names (local.get $table) (local.get $start) (local.get $length) (local.get $from)))

  ;; Whether a literal matters by the test's name beside it: the byte at 30 of its table is 1 where names end before
  ;; it (a word that a blank, and maybe colours, part from the name), 2 where they begin after it, else none matters.
  ;; Eight bytes of the name make one of the 64 bits at 56. All is kept of which only a closer look tells the name.
  (func $names (param $table i32) (param $start i32) (param $length i32) (param $from i32) (result i32)
    (local $at i32) (local $byte i32) (local $end i32)
    (if (i32.eqz (i32.load8_u offset=65566 (local.get $table))) (then (return (i32.const 0))))
    (local.set $at (i32.add (local.get $start) (local.get $length)))
    (if (i32.eq (i32.load8_u offset=65566 (local.get $table)) (i32.const 1)) (then
      (local.set $at (local.get $start))
      (local.set $byte (i32.load8_u (local.get $at)))
      ;; the literal may begin with the blank, or with the last byte of a colour
      (if (i32.eq (local.get $byte) (i32.const 109))
        (then (local.set $at (i32.add (local.get $at) (i32.const 1))))
        (else (if (i32.eq (local.get $byte) (i32.const 32))
          (then (local.set $at (i32.add (local.get $at) (i32.const 1)))))))
      ;; m, figures, [ and the escape before them
      (if (i32.eq (i32.load8_u (i32.sub (local.get $at) (i32.const 1))) (i32.const 109)) (then
        (local.set $at (i32.sub (local.get $at) (i32.const 1)))
        (loop $figure
          (local.set $at (i32.sub (local.get $at) (i32.const 1)))
          (local.set $byte (i32.load8_u (local.get $at)))
          (br_if $figure (i32.or (call $isDigit (local.get $byte)) (i32.eq (local.get $byte) (i32.const 59)))))
        (local.set $at (i32.sub (local.get $at) (i32.const 1)))
        (if (i32.ne (i32.load16_u align=1 (local.get $at)) (i32.const 0x5b1b)) (then (return (i32.const 1))))))
      (local.set $at (i32.sub (local.get $at) (i32.const 9)))
      (if (i32.lt_u (local.get $at) (local.get $from)) (then (return (i32.const 1))))
      (if (i32.ne (i32.load8_u offset=8 (local.get $at)) (i32.const 32)) (then (return (i32.const 1))))))
    (local.set $end (i32.add (local.get $at) (i32.const 8)))
    ;; each of the eight must stand for itself
    (loop $each
      (local.set $byte (i32.load8_u (local.get $at)))
      (if (i32.or (i32.ge_u (i32.sub (local.get $byte) (i32.const 32)) (i32.const 95))
        (i32.eq (local.get $byte) (i32.const 91)))
        (then (return (i32.const 1))))
      (br_if $each (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (local.get $end))))
    (local.set $at (i32.sub (local.get $at) (i32.const 8)))
    (i32.wrap_i64 (i64.and (i64.const 1) (i64.shr_u (i64.load offset=65592 (local.get $table))
      (i64.extend_i32_u (i32.shr_u (i32.xor
        (i32.mul (i32.load align=1 (local.get $at)) (i32.const 0x9e3779b1))
        (i32.mul (i32.load offset=4 align=1 (local.get $at)) (i32.const 0x85ebca6b)))
        (i32.const 26)))))))

  ;; Notes how the text of the line at $from begins: its first byte that is no blank, and 256 where blanks are before
  ;; it; -1 where it takes more than a look.
  (func $look (param $from i32) (param $to i32)
    (local $end i32)
    (call $line (local.get $from) (local.get $to))
    (local.set $end (i32.load (i32.const 65504)))
    (global.set $lookedFrom (local.get $from))
    ;; the newline belongs to the line: a literal may begin with it
    (global.set $lookedTo (i32.add (local.get $end) (i32.const 1)))
    (global.set $begins (i32.const -1))
    ;; of a long line, or one with returns, other parts may be texts of their own
    (if (i32.or (i32.and (i32.load (i32.const 65516)) (i32.const 12))
      (i32.gt_u (i32.sub (local.get $end) (local.get $from)) (i32.const 2048)))
      (then (return)))
    (global.set $begins (call $beginning (i32.load (i32.const 65508)) (local.get $end)
      (i32.and (i32.load (i32.const 65516)) (i32.const 2)))))

  ;; The same for the text between $at and $end; $odd where it may hold escapes.
  (func $beginning (param $at i32) (param $end i32) (param $odd i32) (result i32)
    (local $byte i32) (local $next i32) (local $blanks i32)
    (if (local.get $odd) (then
      (if (i32.eqz (local.tee $at (call $afterEscapes (local.get $at)))) (then (return (i32.const -1))))))
    (local.set $byte (i32.load8_u (local.get $at)))
    (if (i32.eq (local.get $byte) (i32.const 91)) (then
      (local.set $next (call $afterTask (local.get $at)))
      (if (i32.eqz (local.get $next)) (then (return (i32.const -1))))
      (if (i32.ne (local.get $next) (local.get $at)) (then
        (local.set $at (local.get $next))
        (if (local.get $odd) (then
          (if (i32.eqz (local.tee $at (call $afterEscapes (local.get $at)))) (then (return (i32.const -1))))
          ;; blanks may go on behind colours
          (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 32)) (then (return (i32.const -1))))))
        (local.set $byte (i32.load8_u (local.get $at)))))))
    ;; what a prefix may begin with: a clock's figures, travis, ##[
    (if (i32.or (call $isDigit (local.get $byte))
      (i32.or (i32.eq (local.get $byte) (i32.const 116)) (i32.eq (local.get $byte) (i32.const 35)))) (then
        (local.set $next (i32.add (local.get $at) (i32.const 1)))
        (if (local.get $odd) (then
          (if (i32.eqz (local.tee $next (call $afterEscapes (local.get $next)))) (then (return (i32.const -1))))))
        (local.set $next (call $shown (local.get $next) (local.get $odd)))
        (if (i32.lt_s (local.get $next) (i32.const 0)) (then (return (i32.const -1))))
        (if (call $isDigit (local.get $byte))
          (then (if (i32.or (local.get $odd) (i32.eq (i32.load8_u offset=2 (local.get $at)) (i32.const 58)))
            (then (return (i32.const -1)))))
          (else (if (i32.eq (local.get $next)
            (select (i32.const 114) (i32.const 35) (i32.eq (local.get $byte) (i32.const 116))))
            (then (return (i32.const -1))))))))
    (block $found
      (loop $blank
        (if (local.get $odd) (then
          (if (i32.eqz (local.tee $at (call $afterEscapes (local.get $at)))) (then (return (i32.const -1))))))
        (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (i32.const -1))))
        (local.set $byte (i32.load8_u (local.get $at)))
        (br_if $found (i32.eqz (i32.or
          (i32.eq (local.get $byte) (i32.const 32)) (i32.eq (local.get $byte) (i32.const 9)))))
        (local.set $blanks (i32.const 256))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $blank)))
    ;; times and numbers, and escapes that lost their first byte, begin with a bracket
    (if (i32.eq (local.get $byte) (i32.const 91)) (then
      (local.set $next (i32.add (local.get $at) (i32.const 1)))
      (if (local.get $odd) (then
        (if (i32.eqz (local.tee $next (call $afterEscapes (local.get $next)))) (then (return (i32.const -1))))))
      (local.set $next (call $shown (local.get $next) (local.get $odd)))
      (if (i32.or (i32.lt_s (local.get $next) (i32.const 0)) (i32.or (call $isDigit (local.get $next))
        (i32.or (i32.eq (local.get $next) (i32.const 32)) (i32.eq (local.get $next) (i32.const 75)))))
        (then (return (i32.const -1))))
      (return (i32.or (local.get $blanks) (i32.const 91)))))
    (local.set $byte (call $shown (local.get $at) (local.get $odd)))
    (if (i32.lt_s (local.get $byte) (i32.const 0)) (then (return (i32.const -1))))
    (i32.or (local.get $blanks) (local.get $byte)))

  ;; The byte at $at as what a text shows, 128 for all that are not ASCII; -1 where it may be part of an escape.
  (func $shown (param $at i32) (param $odd i32) (result i32)
    (local $byte i32)
    (local.set $byte (i32.load8_u (local.get $at)))
    (if (i32.ge_u (local.get $byte) (i32.const 128)) (then
      ;; the one byte form of escape, and pictures of it before a bracket
      (if (i32.eq (local.get $byte) (i32.const 0xc2)) (then (return (i32.const -1))))
      (loop $more
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br_if $more (i32.eq (i32.and (i32.load8_u (local.get $at)) (i32.const 0xc0)) (i32.const 0x80))))
      (return (select (i32.const -1) (i32.const 128) (i32.eq (i32.load8_u (local.get $at)) (i32.const 91))))))
    (if (i32.or (i32.and (i32.lt_u (local.get $byte) (i32.const 32)) (i32.ne (local.get $byte) (i32.const 9)))
      (i32.eq (local.get $byte) (i32.const 127)))
      (then (return (i32.const -1))))
    ;; a caret, a backslash or a bracket
    (if (i32.and (i32.ne (local.get $odd) (i32.const 0))
      (i32.or (i32.eq (local.get $byte) (i32.const 94))
        (i32.or (i32.eq (local.get $byte) (i32.const 91)) (i32.eq (local.get $byte) (i32.const 92)))))
      (then (return (i32.const -1))))
    (local.get $byte))

  ;; The place after the escapes at $at that colour or steer; 0 where there is one of another form.
  (func $afterEscapes (param $at i32) (result i32)
    (local $byte i32)
    (loop $escape
      (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 27)) (then (return (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 91)) (then (return (i32.const 0))))
      (loop $figure
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $byte (i32.load8_u (local.get $at)))
        (br_if $figure (i32.or (call $isDigit (local.get $byte))
          (i32.or (i32.eq (local.get $byte) (i32.const 59)) (i32.eq (local.get $byte) (i32.const 63))))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $escape (i32.lt_u (i32.sub (i32.or (local.get $byte) (i32.const 32)) (i32.const 97)) (i32.const 26))))
    (i32.const 0))

  ;; The place after `[task 2026-01-02T03:04:05.678Z] 03:04:05     INFO - ` (what follows the bracket may be missing),
  ;; or $at where the bracket begins something else; 0 for what takes a closer look.
  (func $afterTask (param $at i32) (result i32)
    (local $from i32) (local $byte i32)
    (local.set $from (local.get $at))
    (local.set $byte (i32.load offset=1 align=1 (local.get $at)))
    ;; vcs
    (if (i32.eq (local.get $byte) (i32.const 0x20736376)) (then (return (i32.const 0))))
    ;; task, but taskcluster takes a closer look
    (if (i32.ne (local.get $byte) (i32.const 0x6b736174)) (then (return (local.get $at))))
    (if (i32.ne (i32.load8_u offset=5 (local.get $at)) (i32.const 32)) (then (return (i32.const 0))))
    (local.set $at (i32.add (local.get $at) (i32.const 5)))
    (loop $time
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (local.set $byte (i32.load8_u (local.get $at)))
      ;; figures and : - . T Z
      (br_if $time (i32.or
        (i32.lt_u (i32.sub (local.get $byte) (i32.const 48)) (i32.const 11))
        (i32.or (i32.lt_u (i32.sub (local.get $byte) (i32.const 45)) (i32.const 2))
          (i32.or (i32.eq (local.get $byte) (i32.const 84)) (i32.eq (local.get $byte) (i32.const 90)))))))
    ;; a bracket and a blank
    (if (i32.ne (i32.load16_u align=1 (local.get $at)) (i32.const 0x205d)) (then (return (i32.const 0))))
    (if (i32.eq (i32.sub (local.get $at) (local.get $from)) (i32.const 6)) (then (return (i32.const 0))))
    (local.set $at (i32.add (local.get $at) (i32.const 2)))
    (if (i32.eqz (call $digit (local.get $at))) (then (return (call $notPrefix (local.get $at)))))
    ;; two figures, a colon, and so on
    (if (i32.or
      (i32.ne (i32.load8_u offset=2 (local.get $at)) (i32.const 58))
      (i32.ne (i32.load8_u offset=5 (local.get $at)) (i32.const 58)))
      (then (return (i32.const 0))))
    (if (i32.eqz (i32.and
      (i32.and (call $digit (i32.add (local.get $at) (i32.const 1)))
        (i32.and (call $digit (i32.add (local.get $at) (i32.const 3)))
          (call $digit (i32.add (local.get $at) (i32.const 4)))))
      (i32.and (call $digit (i32.add (local.get $at) (i32.const 6)))
        (i32.and (call $digit (i32.add (local.get $at) (i32.const 7)))
          (i32.eq (i32.load8_u offset=8 (local.get $at)) (i32.const 32))))))
      (then (return (i32.const 0))))
    (local.set $at (call $afterBlanks (i32.add (local.get $at) (i32.const 8))))
    (local.set $from (local.get $at))
    (loop $capital
      (if (i32.lt_u (i32.sub (i32.load8_u (local.get $at)) (i32.const 65)) (i32.const 26)) (then
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $capital))))
    (if (i32.eq (local.get $from) (local.get $at)) (then (return (i32.const 0))))
    (if (i32.ne (i32.load16_u align=1 (local.get $at)) (i32.const 0x2d20)) (then (return (i32.const 0))))
    (local.set $at (i32.add (local.get $at) (i32.const 2)))
    (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 32)) (then (return (i32.const 0))))
    (call $notPrefix (call $afterBlanks (local.get $at))))

  ;; $at, or 0 where a prefix may stand there.
  (func $notPrefix (param $at i32) (result i32)
    (local $byte i32)
    (local.set $byte (i32.load8_u (local.get $at)))
    (select (i32.const 0) (local.get $at) (i32.or
      (i32.or (call $isDigit (local.get $byte)) (i32.eq (local.get $byte) (i32.const 27)))
      (i32.or (i32.eq (local.get $byte) (i32.const 116)) (i32.eq (local.get $byte) (i32.const 35))))))

  (func $afterBlanks (param $at i32) (result i32)
    (loop $blank
      (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 32)) (then
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $blank))))
    (local.get $at))

  ;; Looks through the line that holds $from, up to its newline or $to, and notes at 65504 (u32 each): where it ends,
  ;; where its text begins (after a time stamp) and ends (before blanks), and what else is in it: 1 bytes that are not
  ;; ASCII, 2 what may be an escape, 8 a tab before a 2 or an unusual beginning, 4 a return that is not its last byte.
  ;; For the last line the bits may come from up to 15 bytes beyond, which is only read with more care then.
  (func $line (export "line") (param $from i32) (param $to i32)
    (local $at i32) (local $new i32) (local $mask i32) (local $wide i32) (local $odd i32) (local $returns i32)
    (local $strange i32) (local $end i32) (local $v v128) (local $next v128) (local $prev v128)
    (local.set $at (local.get $from))
    (local.set $end (local.get $to))
    (block $found
      (loop $step
        (local.set $v (v128.load (local.get $at)))
        (local.set $next (v128.load offset=1 (local.get $at)))
        (local.set $prev (v128.load (i32.sub (local.get $at) (i32.const 1))))
        (local.set $new (i8x16.bitmask (i8x16.eq (local.get $v) (i8x16.splat (i32.const 10)))))
        ;; the places before the newline
        (local.set $mask (i32.sub (i32.and (local.get $new) (i32.sub (i32.const 0) (local.get $new))) (i32.const 1)))
        (local.set $wide (i32.or (local.get $wide) (i32.and (local.get $mask) (i8x16.bitmask (local.get $v)))))
        (local.set $returns (i32.add (local.get $returns) (i32.popcnt (i32.and (local.get $mask)
          (i8x16.bitmask (i8x16.eq (local.get $v) (i8x16.splat (i32.const 13))))))))
        (local.set $odd (i32.or (local.get $odd) (i32.and (local.get $mask) (i8x16.bitmask
          (v128.or
            (v128.or
              ;; control bytes but tab, newline and return; delete; the one byte form of escape
              (v128.andnot (i8x16.lt_u (local.get $v) (i8x16.splat (i32.const 32)))
                (v128.or (i8x16.eq (local.get $v) (i8x16.splat (i32.const 9)))
                  (v128.or (i8x16.eq (local.get $v) (i8x16.splat (i32.const 10)))
                    (i8x16.eq (local.get $v) (i8x16.splat (i32.const 13))))))
              (v128.or (i8x16.eq (local.get $v) (i8x16.splat (i32.const 127)))
                (i8x16.eq (local.get $v) (i8x16.splat (i32.const 155)))))
            ;; [ before a digit or K, or behind one of b B 3 e [
            (v128.and (i8x16.eq (local.get $v) (i8x16.splat (i32.const 91)))
              (v128.or
                (v128.or
                  (i8x16.lt_u (i8x16.sub (local.get $next) (i8x16.splat (i32.const 48))) (i8x16.splat (i32.const 10)))
                  (i8x16.eq (local.get $next) (i8x16.splat (i32.const 75))))
                (v128.or
                  (v128.or (i8x16.eq (local.get $prev) (i8x16.splat (i32.const 98)))
                    (i8x16.eq (local.get $prev) (i8x16.splat (i32.const 66))))
                  (v128.or (i8x16.eq (local.get $prev) (i8x16.splat (i32.const 51)))
                    (v128.or (i8x16.eq (local.get $prev) (i8x16.splat (i32.const 101)))
                      (i8x16.eq (local.get $prev) (i8x16.splat (i32.const 91)))))))))))))
        (local.set $strange (i32.or (local.get $strange) (i32.and (local.get $mask) (i8x16.bitmask
          (v128.and (i8x16.eq (local.get $v) (i8x16.splat (i32.const 9)))
            (i8x16.eq (local.get $next) (i8x16.splat (i32.const 50))))))))
        (br_if $found (local.get $new))
        (br_if $step (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $to))))
      (local.set $at (local.get $to)))
    (if (local.get $new) (then
      (local.set $at (i32.add (local.get $at) (i32.ctz (local.get $new))))))
    (if (i32.lt_u (local.get $at) (local.get $end)) (then (local.set $end (local.get $at))))
    (local.set $at (call $afterTime (local.get $from)))
    ;; a time that is told in another way, or past the end
    (if (i32.or (i32.eqz (local.get $at)) (i32.gt_u (local.get $at) (local.get $end))) (then
      (local.set $at (local.get $from))
      (local.set $strange (i32.const 1))))
    (i32.store (i32.const 65504) (local.get $end))
    (i32.store (i32.const 65508) (local.get $at))
    ;; a return at the very end is none
    (if (i32.gt_u (local.get $end) (local.get $at)) (then
      (if (i32.eq (i32.load8_u (i32.sub (local.get $end) (i32.const 1))) (i32.const 13)) (then
        (local.set $returns (i32.sub (local.get $returns) (i32.const 1)))))))
    (i32.store (i32.const 65516) (i32.or
      (i32.or (i32.ne (local.get $wide) (i32.const 0)) (i32.shl (i32.ne (local.get $odd) (i32.const 0)) (i32.const 1)))
      (i32.or (i32.shl (i32.ne (local.get $returns) (i32.const 0)) (i32.const 2))
        (i32.shl (i32.ne (local.get $strange) (i32.const 0)) (i32.const 3)))))
    (block $bare
      (loop $blank
        (br_if $bare (i32.le_u (local.get $end) (local.get $at)))
        (local.set $new (i32.load8_u (i32.sub (local.get $end) (i32.const 1))))
        (br_if $bare (i32.and (i32.ne (local.get $new) (i32.const 32))
          (i32.and (i32.ne (local.get $new) (i32.const 9)) (i32.ne (local.get $new) (i32.const 13)))))
        (local.set $end (i32.sub (local.get $end) (i32.const 1)))
        (br $blank)))
    (i32.store (i32.const 65512) (local.get $end)))

  (func $isDigit (param $byte i32) (result i32)
    (i32.lt_u (i32.sub (local.get $byte) (i32.const 48)) (i32.const 10)))

  (func $digit (param $at i32) (result i32)
    (i32.lt_u (i32.sub (i32.load8_u (local.get $at)) (i32.const 48)) (i32.const 10)))

  ;; The place after 2026-01-02T03:04:05.678Z and a blank, or $at where there is none; 0 for a beginning that needs
  ;; a closer look: another form of time, a mark of a stream behind it, or the mark of the byte order.
  (func $afterTime (param $at i32) (result i32)
    (local $v v128)
    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0xef)) (then (return (i32.const 0))))
    (local.set $v (v128.load (local.get $at)))
    (if (i32.ne (i32.const 0xdb6f) (i32.and (i32.const 0xdb6f) (i8x16.bitmask (i8x16.lt_u
      (i8x16.sub (local.get $v) (i8x16.splat (i32.const 48))) (i8x16.splat (i32.const 10))))))
      (then (return (local.get $at))))
    (if (i32.ne (i32.const 0x2490) (i32.and (i32.const 0x2490) (i8x16.bitmask (i8x16.eq
      (local.get $v) (v128.const i8x16 0 0 0 0 45 0 0 45 0 0 84 0 0 58 0 0)))))
      (then (return (local.get $at))))
    (if (i32.eqz (i32.and (i32.eq (i32.load8_u offset=16 (local.get $at)) (i32.const 58))
      (i32.and (call $digit (i32.add (local.get $at) (i32.const 17)))
        (call $digit (i32.add (local.get $at) (i32.const 18))))))
      (then (return (local.get $at))))
    (local.set $at (i32.add (local.get $at) (i32.const 19)))
    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 46)) (then
      (loop $fraction
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br_if $fraction (call $digit (local.get $at))))
      (if (i32.eqz (call $digit (i32.sub (local.get $at) (i32.const 1)))) (then (return (i32.const 0))))))
    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 90))
      (then (local.set $at (i32.add (local.get $at) (i32.const 1))))
      ;; + , - may go on with digits
      (else (if (i32.lt_u (i32.sub (i32.load8_u (local.get $at)) (i32.const 43)) (i32.const 3))
        (then (return (i32.const 0))))))
    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 93)) (then (return (i32.const 0))))
    (local.set $at (i32.add (local.get $at) (i32.eq (i32.load8_u (local.get $at)) (i32.const 32))))
    (if (i32.and (call $digit (local.get $at)) (call $digit (i32.add (local.get $at) (i32.const 1)))) (then
      (if (i32.or (i32.eq (i32.load8_u offset=2 (local.get $at)) (i32.const 79))
        (i32.eq (i32.load8_u offset=2 (local.get $at)) (i32.const 69)))
        (then (return (i32.const 0))))))
    (local.get $at))

  ;; Where the line begins that holds $at: the place after the newline before it, or $floor.
  (func $lineStart (export "lineStart") (param $at i32) (param $floor i32) (result i32)
    (local $new i32)
    (block $top
      (loop $step
        (br_if $top (i32.le_u (local.get $at) (local.get $floor)))
        (local.set $at (i32.sub (local.get $at) (i32.const 16)))
        (local.set $new (i8x16.bitmask (i8x16.eq (v128.load (local.get $at)) (i8x16.splat (i32.const 10)))))
        (br_if $step (i32.eqz (local.get $new)))
        (local.set $at (i32.add (local.get $at) (i32.sub (i32.const 32) (i32.clz (local.get $new)))))))
    (select (local.get $at) (local.get $floor) (i32.gt_u (local.get $at) (local.get $floor))))
)
