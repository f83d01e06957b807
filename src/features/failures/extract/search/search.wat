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
;;    65520  what `line` tells
;;    65536  the bytes to be searched; at least 19 more must be readable after them
(module
  (memory (export "memory") 9 9)
  ;; where the last search stopped, which is before its end where the hits were full
  (global $stopped (mut i32) (i32.const 0))
  ;; lines that ended between its beginning and there
  (global $lines (mut i32) (i32.const 0))
  (func (export "stopped") (result i32) (global.get $stopped))
  (func (export "lines") (result i32) (global.get $lines))

  ;; Finds the literals between $from and $to; returns how many hits there are. Once they are more than $most it
  ;; stops at the next step. They come by where their fingerprints are, which is also the order of the lines.
  (func (export "search") (param $from i32) (param $to i32) (param $most i32) (result i32)
    (local $at i32) (local $valid i32) (local $new i32) (local $maybe i32) (local $hits i32) (local $lines i32)
    (local $place i32) (local $entry i32) (local $start i32) (local $end i32) (local $byte i32) (local $begin i32)
    (local $hit i32) (local $half v128) (local $v v128) (local $low v128) (local $high v128)
    (local $a v128) (local $b v128)
    (local.set $half (i8x16.splat (i32.const 15)))
    (local.set $at (local.get $from))
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
                  (local.set $hit (i32.mul (local.get $hits) (i32.const 12)))
                  (i32.store offset=33024 (local.get $hit) (local.get $start))
                  (i32.store offset=33028 (local.get $hit) (i32.shr_u (local.get $entry) (i32.const 3)))
                  (i32.store offset=33032 (local.get $hit) (i32.add (local.get $lines)
                    (i32.popcnt (i32.and (local.get $new) (i32.sub
                      (i32.and (local.get $maybe) (i32.sub (i32.const 0) (local.get $maybe))) (i32.const 1))))))
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

  ;; Looks through the line that holds $from, up to its newline or $to, and notes at 65520 (u32 each): where it ends,
  ;; where its text begins (after a time stamp) and ends (before blanks), and what else is in it: 1 bytes that are not
  ;; ASCII, 2 what may be an escape, a tab before a 2, or an unusual beginning, 4 a return that is not its last byte.
  ;; For the last line the bits may come from up to 15 bytes beyond, which is only read with more care then.
  (func (export "line") (param $from i32) (param $to i32)
    (local $at i32) (local $new i32) (local $mask i32) (local $wide i32) (local $odd i32) (local $returns i32)
    (local $end i32) (local $v v128) (local $next v128) (local $prev v128)
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
            (v128.or
              (v128.and (i8x16.eq (local.get $v) (i8x16.splat (i32.const 9)))
                (i8x16.eq (local.get $next) (i8x16.splat (i32.const 50))))
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
                        (i8x16.eq (local.get $prev) (i8x16.splat (i32.const 91))))))))))))))
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
      (local.set $odd (i32.const 1))))
    (i32.store (i32.const 65520) (local.get $end))
    (i32.store (i32.const 65524) (local.get $at))
    ;; a return at the very end is none
    (if (i32.gt_u (local.get $end) (local.get $at)) (then
      (if (i32.eq (i32.load8_u (i32.sub (local.get $end) (i32.const 1))) (i32.const 13)) (then
        (local.set $returns (i32.sub (local.get $returns) (i32.const 1)))))))
    (i32.store (i32.const 65532) (i32.or
      (i32.or (i32.ne (local.get $wide) (i32.const 0)) (i32.shl (i32.ne (local.get $odd) (i32.const 0)) (i32.const 1)))
      (i32.shl (i32.ne (local.get $returns) (i32.const 0)) (i32.const 2))))
    (block $bare
      (loop $blank
        (br_if $bare (i32.le_u (local.get $end) (local.get $at)))
        (local.set $new (i32.load8_u (i32.sub (local.get $end) (i32.const 1))))
        (br_if $bare (i32.and (i32.ne (local.get $new) (i32.const 32))
          (i32.and (i32.ne (local.get $new) (i32.const 9)) (i32.ne (local.get $new) (i32.const 13)))))
        (local.set $end (i32.sub (local.get $end) (i32.const 1)))
        (br $blank)))
    (i32.store (i32.const 65528) (local.get $end)))

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
  (func (export "lineStart") (param $at i32) (param $floor i32) (result i32)
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
