/** Written by `bun bench/fingerprints.ts`: four bytes of each needle, in the groups the search tells apart. */
export const FINGERPRINTS: readonly (readonly string[])[] = [
  [" wer","Subp","fo E","pec ","pm E","✓ ","✖ ","✗ ","✘ "],
  ["(ILL","(SEG",") do",") fe","ERRO","ERT:","IMEO","SSED","STDE","n 00","n Te","o fe"],
  ["\"Act","***T","Unab","anic","c.cr","did ","ed  ","ed T","gnal","hodS"],
  ["AIL\t","AIL ","AIL!","AIL:","AILE","AILU","ail)","ail:","aile","aili","med ","ms.o","ot o"],
  ["OOMK","a hi","ad f","k  \t","laky","lost","o gi","oom-"],
  [" fau"," ›","(pas",".js:",".jsx",".ts:",".tsx","03 S","=> .","=> X","ror:","ry x","sts:"],
  ["  FA","  x "," (Fa"," (Ti","(Att","(Wst",") te","***E","- SK","--- ",": FA",": te","K ] ","PANI","] - ","] Fl"],
  [" Fai"," pul"," spa","*fai","2 Ba",":FAI","DOUT","d af","s Pa","s fa","y fa"],
  ["erru","g.Ou","gePu","has ","ror ","ror)","was ","• ","● "],
  [") pr","UNEX","e ->","e 13","ed (","le r","re (","y EO"],
  ["AIL\u001b","AIL+","AIL[","AKY ","ASS\u001b","ASS ","ASS:","ENOS","ESS-","RERU","RPC ","ail]","r] T","res:"],
  [" √","est:","ite:","led!","led:","ure:","use:","✗\u001b","✘\u001b"],
  ["***F","bun ","lve ","st f","st.g","sue ","t.da","t.mj","ut: ","xy.g"],
  ["Spec","[ RU","[0m-","] Er","cena","cucu","d du","d on","led]","memo","n er"],
  [" PAS"," dum","%: C","G: D","SIGA","SIGK","SIGS","ST C","[FAI","st r"],
  ["=== ","=> f","=> h","Coul","LS h","Sani","summ","xcee"],
];
