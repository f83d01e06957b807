/** Names people use, each with its character: `name character`, a line for each group. */
const TABLE = `
smile 😄 smiley 😃 grinning 😀 grin 😁 laughing 😆 joy 😂 rofl 🤣 slightly_smiling_face 🙂 wink 😉 blush 😊
thinking_face 🤔 face_with_monocle 🧐 neutral_face 😐 sweat_smile 😅 sweat 😓 cry 😢 sob 😭 scream 😱 sleeping 😴
heart_eyes 😍 sunglasses 😎 partying_face 🥳 shrug 🤷 face_palm 🤦 robot_face 🤖 ghost 👻 skull 💀 zipper_mouth_face 🤐
+1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 ok_hand 👌 clap 👏 raised_hands 🙌 pray 🙏 wave 👋 muscle 💪 point_right 👉
point_up 👆 point_down 👇 point_left 👈 eyes 👀 raised_hand ✋ hand ✋ v ✌️ handshake 🤝 writing_hand ✍️ bow 🙇
heart ❤️ broken_heart 💔 yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 fire 🔥 sparkles ✨ star ⭐ star2 🌟
tada 🎉 confetti_ball 🎊 balloon 🎈 trophy 🏆 medal 🏅 rocket 🚀 zap ⚡ boom 💥 100 💯 rainbow 🌈 sunny ☀️ cloud ☁️
snowflake ❄️ umbrella ☔ droplet 💧 seedling 🌱 evergreen_tree 🌲 four_leaf_clover 🍀 apple 🍎 coffee ☕ beer 🍺 cake 🍰
white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎ heavy_plus_sign ➕
heavy_minus_sign ➖ question ❓ grey_question ❔ exclamation ❗ heavy_exclamation_mark ❗ bangbang ‼️ warning ⚠️
no_entry ⛔ no_entry_sign 🚫 octagonal_sign 🛑 construction 🚧 rotating_light 🚨 recycle ♻️ infinity ♾️
red_circle 🔴 large_orange_circle 🟠 large_yellow_circle 🟡 large_green_circle 🟢 large_blue_circle 🔵 purple_circle 🟣
large_purple_circle 🟣 white_circle ⚪ black_circle ⚫ red_square 🟥 large_red_square 🟥 large_green_square 🟩
large_yellow_square 🟨 large_blue_square 🟦 white_large_square ⬜ black_large_square ⬛ small_blue_diamond 🔹
large_blue_diamond 🔷 large_orange_diamond 🔶 small_red_triangle 🔺 small_red_triangle_down 🔻 radio_button 🔘
arrow_up ⬆️ arrow_down ⬇️ arrow_left ⬅️ arrow_right ➡️ arrow_upper_right ↗️ arrow_lower_right ↘️ arrows_counterclockwise 🔄
arrows_clockwise 🔃 repeat 🔁 rewind ⏪ fast_forward ⏩ arrow_forward ▶️ double_vertical_bar ⏸️
black_square_for_stop ⏹️ leftwards_arrow_with_hook ↩️ arrow_right_hook ↪️ back 🔙 end 🔚 soon 🔜 new 🆕 ok 🆗 sos 🆘
one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ keycap_ten 🔟 zero 0️⃣ hash #️⃣
hourglass ⌛ hourglass_flowing_sand ⏳ stopwatch ⏱️ timer_clock ⏲️ alarm_clock ⏰ watch ⌚ clock1 🕐 clock3 🕒 clock9 🕘
calendar 📅 date 📅 spiral_calendar_pad 🗓️ bug 🐛 beetle 🐞 ladybug 🐞 ant 🐜 bee 🐝 butterfly 🦋 turtle 🐢 snail 🐌
rabbit 🐰 dog 🐶 cat 🐱 unicorn_face 🦄 dragon 🐉 owl 🦉 whale 🐳 crab 🦀 fish 🐟 tiger 🐯 monkey 🐒 see_no_evil 🙈
wrench 🔧 hammer 🔨 hammer_and_wrench 🛠️ gear ⚙️ nut_and_bolt 🔩 toolbox 🧰 test_tube 🧪 alembic ⚗️ microscope 🔬
telescope 🔭 magnet 🧲 link 🔗 paperclip 📎 pushpin 📌 round_pushpin 📍 lock 🔒 unlock 🔓 closed_lock_with_key 🔐 key 🔑
mag 🔍 mag_right 🔎 bulb 💡 bell 🔔 no_bell 🔕 mute 🔇 speaker 🔈 loud_sound 🔊 mega 📣 loudspeaker 📢 speech_balloon 💬
thought_balloon 💭 left_speech_bubble 🗨️ memo 📝 pencil 📝 pencil2 ✏️ scroll 📜 page_facing_up 📄 clipboard 📋 books 📚
book 📖 bookmark 🔖 label 🏷️ package 📦 inbox_tray 📥 outbox_tray 📤 envelope ✉️ email 📧 file_folder 📁 card_index 📇
open_file_folder 📂 wastebasket 🗑️ chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 bar_chart 📊 moneybag 💰
computer 💻 desktop_computer 🖥️ keyboard ⌨️ floppy_disk 💾 satellite 🛰️ electric_plug 🔌 battery 🔋 iphone 📱 broom 🧹
shield 🛡️ ship 🚢 anchor ⚓ truck 🚚 car 🚗 airplane ✈️ traffic_light 🚦 vertical_traffic_light 🚦 checkered_flag 🏁
triangular_flag_on_post 🚩 white_flag 🏳️ dart 🎯 game_die 🎲 crystal_ball 🔮 jigsaw 🧩 knot 🪢 thread 🧵 ladder 🪜
bust_in_silhouette 👤 busts_in_silhouette 👥 technologist 🧑‍💻 cop 👮 detective 🕵️ brain 🧠 ear 👂 zzz 💤 twisted_rightwards_arrows 🔀
house 🏠 office 🏢 factory 🏭 globe_with_meridians 🌐 earth_americas 🌎 dash 💨 wind_blowing_face 🌬️ ocean 🌊
`;

const EMOJI = new Map<string, string>();
const words = TABLE.trim().split(/\s+/);
for (let index = 0; index + 1 < words.length; index += 2)
  EMOJI.set(words[index] ?? "", words[index + 1] ?? "");

/** The character for a name without colons, or undefined when the workspace has no such emoji. */
export const emoji = (name: string): string | undefined => EMOJI.get(name.replace(/::skin-tone-[2-6]$/, ""));

export const isEmoji = (name: string): boolean => emoji(name) !== undefined;
