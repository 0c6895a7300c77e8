// What a scanner read: which codes it may stand for, and whether it was read only in part.
// The same as emar/rules/barcodes.py and programs/rules/codes.py; all three are held to tests/emar/barcodes.json.

const GS = "\x1d";
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const RANDOM = { W: 10, M: 7 };
const FIXED = { "00": 18, "01": 14, "02": 14, 11: 6, 12: 6, 13: 6, 15: 6, 16: 6, 17: 6, 20: 2 };
const NAMES = ["00", "01", "02", "11", "12", "13", "15", "16", "17", "20", "10", "21", "22", "30", "37", "240", "241", "710", "711", "712", "713", "714"];

/** {codes, damaged} of what was read: look the codes up first, a code that is known is right as it stands. */
export function read(raw) {
  const text = raw.replace(/^[ \r\n\t]+|[ \r\n\t]+$/g, "");
  const plain = text.replace(/^\][A-Za-z][0-9]/, "");
  const own = tidy(plain);
  const fields = fieldsOf(plain);
  const ours = isCode("W", own) || isCode("M", own);
  const found = new Set([text, plain, ...(ours ? [own] : []), ...names(fields, plain)]);
  const codes = [...found].filter((code) => code && printable(code));
  const broken = !ours && (!printable(text.replaceAll(GS, "")) || plain.length < 3 || isPiece(own));
  return { codes, damaged: broken || gtinBroken(text, plain, fields), band: codes.some((code) => isCode("W", code)) };
}

/** A code as it is printed. */
export const tidy = (typed) => typed.trim().toUpperCase().replace(/[ -]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");

const printable = (text) => /^[\x21-\x7e\x1d]*$/.test(text);
const allDigits = (text) => /^[0-9]+$/.test(text);
const inAlphabet = (text) => [...text].every((letter) => ALPHABET.includes(letter));

function checkOf(text) {
  let total = 0;
  [...text].reverse().forEach((letter, place) => {
    const value = ALPHABET.indexOf(letter) * (place % 2 ? 1 : 2);
    total += Math.floor(value / 32) + (value % 32);
  });
  return ALPHABET[(32 - (total % 32)) % 32];
}

function isCode(kind, code) {
  if (code.length !== RANDOM[kind] + 2 || !code.startsWith(kind) || !inAlphabet(code)) return false;
  return checkOf(code.slice(0, -1)) === code.at(-1);
}

function isPiece(code) {
  return Object.entries(RANDOM).some(([kind, count]) => {
    if (!code.startsWith(kind) || !inAlphabet(code) || isCode(kind, code)) return false;
    return code.length === count + 2 || (kind === "W" && code.length >= 4 && code.length < count + 2);
  });
}

function checkDigit(digits) {
  const total = [...digits].reverse().reduce((sum, digit, place) => sum + Number(digit) * (place % 2 ? 1 : 3), 0);
  return String((10 - (total % 10)) % 10);
}

const isGtin = (digits) => [8, 12, 13, 14].includes(digits.length) && allDigits(digits) && checkDigit(digits.slice(0, -1)) === digits.at(-1);

function ndcForms(ten) {
  const parts = [[4, 8], [5, 8], [5, 9]].map(([first, second]) => [ten.slice(0, first), ten.slice(first, second), ten.slice(second)]);
  const eleven = parts.map(([one, two, three]) => [one.padStart(5, "0"), two.padStart(4, "0"), three.padStart(2, "0")]);
  return [...parts.map((part) => part.join("-")), ...eleven.map((part) => part.join("-")), ten, ...eleven.map((part) => part.join(""))];
}

function ofHyphens(one, two, three) {
  const whole = [one.padStart(5, "0"), two.padStart(4, "0"), three.padStart(2, "0")];
  const found = [whole.join("-"), whole.join("")];
  whole.forEach((part, place) => {
    if (!part.startsWith("0")) return;
    const ten = whole.with(place, part.slice(1));
    found.push(ten.join("-"), ten.join(""));
  });
  return found;
}

function names(fields, plain) {
  const gtin = isGtin(fields["01"] ?? "") ? fields["01"] : isGtin(plain) ? plain : "";
  if (gtin) {
    const whole = gtin.padStart(14, "0");
    const shorter = [13, 12].filter((length) => /^0*$/.test(whole.slice(0, -length))).map((length) => whole.slice(-length));
    const carried = whole.match(/^\d03(\d{10})\d$/);
    return [gtin, whole, ...shorter, ...(carried ? ndcForms(carried[1]) : [])];
  }
  const written = plain.match(/^(\d{4,5})-(\d{3,4})-(\d{1,2})$/);
  if (written) return ofHyphens(...written.slice(1));
  if (/^\d{10}$/.test(plain)) return ndcForms(plain);
  return /^\d{11}$/.test(plain) ? ofHyphens(plain.slice(0, 5), plain.slice(5, 9), plain.slice(9)) : [];
}

function fieldsOf(plain) {
  const found = {};
  if (plain.startsWith("(")) {
    for (const [, name, value] of plain.matchAll(/\((\d{2,4})\)([^(]*)/g)) found[name] = value.trim();
    return found;
  }
  let rest = plain.replace(/^\x1d+/, "");
  if (!rest.startsWith("01")) return found;
  while (rest) {
    const name = NAMES.find((each) => rest.startsWith(each));
    if (!name) break;
    rest = rest.slice(name.length);
    const end = FIXED[name] ?? (rest.includes(GS) ? rest.indexOf(GS) : rest.length);
    found[name] ??= rest.slice(0, end);
    rest = rest.slice(end).replace(/^\x1d/, "");
  }
  return found;
}

function gtinBroken(text, plain, fields) {
  const gs1 = /^[\](]/.test(text) || text.includes(GS) || (plain.length >= 16 && allDigits(plain.slice(0, 16)));
  if (fields["01"] !== undefined && gs1) return fields["01"].length !== 14 || !isGtin(fields["01"]);
  return allDigits(plain) && [12, 13, 14].includes(plain.length) && !isGtin(plain);
}
