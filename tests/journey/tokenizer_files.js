// Small but genuine tokenizer.json files, in the shapes of bart-large-mnli, RoBERTa, deberta-v3 and XLM-RoBERTa: byte-pair merges
// learned from a text, Unigram pieces with scores, and SentencePiece's table of characters as a double-array trie. The same text
// gives the same file.

// ---- byte-pair encoding

const alphabet = (() => {
  const visible = [...Array(256).keys()].filter((b) => (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174);
  const map = new Map(visible.map((b) => [b, String.fromCharCode(b)]));
  for (let b = 0, next = 256; b < 256; b++) if (!map.has(b)) map.set(b, String.fromCharCode(next++));
  return map;
})();
const bytewise = (text) => [...Buffer.from(text)].map((b) => alphabet.get(b));

// The `count` merges that join the most frequent pairs; of equals the one that sorts first.
export function learnMerges(text, count, letters = bytewise) {
  const words = new Map();
  for (const [word] of text.matchAll(/ ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu)) words.set(word, (words.get(word) ?? 0) + 1);
  const parts = [...words].map(([word, n]) => ({ pieces: letters(word), n }));
  const merges = [];
  while (merges.length < count) {
    const pairs = new Map();
    for (const { pieces, n } of parts)
      for (let i = 1; i < pieces.length; i++) {
        const pair = `${pieces[i - 1]} ${pieces[i]}`;
        pairs.set(pair, (pairs.get(pair) ?? 0) + n);
      }
    const best = [...pairs].reduce((a, b) => (b[1] > a[1] || (b[1] === a[1] && b[0] < a[0]) ? b : a), ['', 1]);
    if (best[1] < 2) break;
    const [left, right] = best[0].split(' ');
    merges.push([left, right]);
    for (const part of parts)
      for (let i = 1; i < part.pieces.length; i++)
        if (part.pieces[i - 1] === left && part.pieces[i] === right) part.pieces.splice(i - 1, 2, left + right);
  }
  return merges;
}

const added = (id, content, flags = {}) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true, ...flags });

function vocabularyOf(first, merges, letters) {
  const all = new Set([...first, ...letters, ...merges.map(([a, b]) => a + b)]);
  return Object.fromEntries([...all].map((piece, id) => [piece, id]));
}

// As facebook/bart-large-mnli has it: no type of the model, merges as "a b", RobertaProcessing.
export function bart(merges) {
  const vocab = vocabularyOf(['<s>', '<pad>', '</s>', '<unk>'], merges, alphabet.values());
  const mask = (vocab['<mask>'] = Object.keys(vocab).length);
  return {
    version: '1.0', truncation: null, padding: null,
    added_tokens: [added(0, '<s>', { normalized: true }), added(1, '<pad>', { normalized: true }), added(2, '</s>', { normalized: true }), added(3, '<unk>', { normalized: true }), added(mask, '<mask>', { lstrip: true })],
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true },
    post_processor: { type: 'RobertaProcessing', sep: ['</s>', 2], cls: ['<s>', 0], trim_offsets: true, add_prefix_space: false },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true },
    model: { dropout: null, unk_token: null, continuing_subword_prefix: '', end_of_word_suffix: '', fuse_unk: false, vocab, merges: merges.map((m) => m.join(' ')) },
  };
}

const template = (cls, sep, between, second) => ({
  type: 'TemplateProcessing',
  single: [{ SpecialToken: { id: cls, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: sep, type_id: 0 } }],
  pair: [
    { SpecialToken: { id: cls, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } },
    ...between.map((id) => ({ SpecialToken: { id, type_id: 0 } })), { Sequence: { id: 'B', type_id: second } }, { SpecialToken: { id: sep, type_id: second } },
  ],
  special_tokens: {},
});

// As ModernBERT and newer RoBERTas have it: NFC, merges as pairs, a sequence of post-processors.
export function modern(merges) {
  const file = bart(merges);
  file.normalizer = { type: 'NFC' };
  file.pre_tokenizer = { type: 'Sequence', pretokenizers: [{ type: 'Digits', individual_digits: true }, { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false, use_regex: true }] };
  file.post_processor = { type: 'Sequence', processors: [{ type: 'ByteLevel', trim_offsets: false }, template('<s>', '</s>', ['</s>', '</s>'], 1)] };
  file.model = { ...file.model, type: 'BPE', unk_token: '<unk>', merges, ignore_merges: true, byte_fallback: false };
  return file;
}

// As Llama has it: characters, a sign for spaces put in by the normalizer, bytes for what is unknown.
export function llama(text, count) {
  const letters = [...new Set(text.replaceAll(' ', '▁'))].filter((c) => c > ' ' && c < '\u0250');
  const known = new Set(letters);
  const merges = learnMerges(text, count, (word) => [...word.replaceAll(' ', '▁')].filter((c) => known.has(c)));
  const bytes = [...Array(256).keys()].map((b) => `<0x${b.toString(16).toUpperCase().padStart(2, '0')}>`);
  return {
    version: '1.0', truncation: null, padding: null, added_tokens: [added(0, '<unk>'), added(1, '<s>'), added(2, '</s>')],
    normalizer: { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁' }, { type: 'Replace', pattern: { String: ' ' }, content: '▁' }] },
    pre_tokenizer: null, post_processor: template('<s>', '</s>', ['</s>'], 1), decoder: null,
    model: { type: 'BPE', dropout: null, unk_token: '<unk>', continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: true, byte_fallback: true, vocab: vocabularyOf(['<unk>', '<s>', '</s>', ...bytes], merges, letters), merges: merges.map((m) => m.join(' ')) },
  };
}

// As CLIP has it: the last character of a word carries a suffix.
export function clip(text, count) {
  const suffixed = (word) => [...Buffer.from(word.trim())].map((b) => alphabet.get(b)).map((c, i, all) => (i + 1 === all.length ? `${c}</w>` : c));
  const merges = learnMerges(text.toLowerCase(), count, suffixed);
  const letters = [...alphabet.values()].flatMap((c) => [c, `${c}</w>`]);
  const vocab = vocabularyOf(['<s>', '</s>', '<unk>'], merges, letters);
  return {
    version: '1.0', truncation: null, padding: null, added_tokens: [added(0, '<s>'), added(1, '</s>'), added(2, '<unk>')],
    normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' }, { type: 'Lowercase' }] },
    pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'Split', pattern: { Regex: "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+" }, behavior: 'Removed', invert: true }, { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false }] },
    post_processor: { type: 'RobertaProcessing', sep: ['</s>', 1], cls: ['<s>', 0], trim_offsets: false, add_prefix_space: false }, decoder: null,
    model: { type: 'BPE', dropout: null, unk_token: '<unk>', continuing_subword_prefix: '', end_of_word_suffix: '</w>', fuse_unk: false, vocab, merges: merges.map((m) => m.join(' ')) },
  };
}

// ---- Unigram

// Pieces of up to 12 characters of the words of a text with the logarithms of their shares: frequent substrings, counted again for two
// rounds as the best way to put each word together uses them.
export function learnPieces(text, count) {
  const words = new Map();
  for (const [word] of text.normalize('NFKC').matchAll(/\S+/gu)) words.set(`▁${word}`, (words.get(`▁${word}`) ?? 0) + 1);
  let pieces = new Map();
  for (const [word, n] of words) {
    const chars = [...word];
    for (let i = 0; i < chars.length; i++)
      for (let k = 1; k <= 12 && i + k <= chars.length; k++) {
        const piece = chars.slice(i, i + k).join('');
        if (!piece.slice(1).includes('▁')) pieces.set(piece, (pieces.get(piece) ?? 0) + n * (k > 1 ? k : 1));
      }
  }
  const keep = (all, n) => new Map([...all].sort((a, b) => ([...b[0]].length === 1) - ([...a[0]].length === 1) || b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, n));
  pieces = keep(pieces, count * 4);
  for (let round = 0; round < 2; round++) {
    const total = Math.log([...pieces.values()].reduce((a, b) => a + b));
    const used = new Map([...pieces.keys()].filter((p) => [...p].length === 1).map((p) => [p, 0.5]));
    for (const [word, n] of words) {
      const chars = [...word];
      const best = [{ score: 0 }];
      for (let end = 1; end <= chars.length; end++)
        for (let start = Math.max(0, end - 12); start < end; start++) {
          const piece = chars.slice(start, end).join('');
          if (!pieces.has(piece) || !best[start]) continue;
          const score = best[start].score + Math.log(pieces.get(piece)) - total;
          if (!best[end] || score > best[end].score) best[end] = { score, start, piece };
        }
      for (let end = chars.length; end > 0 && best[end]; end = best[end].start) used.set(best[end].piece, (used.get(best[end].piece) ?? 0) + n);
    }
    pieces = keep(used, count);
  }
  const total = [...pieces.values()].reduce((a, b) => a + b);
  return [...pieces].map(([piece, n]) => [piece, Math.log(n / total)]);
}

// ---- SentencePiece's table of characters

// What SentencePiece does to a character or a sequence: its rules for controls and white space, and NFKC but for the wide tilde.
const rules = (text) =>
  text
    .replace(/[\u0001-\u0008\u000B\u000E-\u001F\u007F\u008F\u009F]/g, '')
    .replace(/[\t\n\f\r\u00A0\u1680\u2000-\u200C\u200E\u200F\u2028\u2029\u202F\u205F\u2581\u3000\uFEFF\uFFFD]/g, ' ')
    .split('\uFF5E').map((part) => part.normalize('NFKC')).join('\uFF5E');

// All characters and compositions that the rules change, of the Unicode version 10 at most, as the tables in use.
export function charsmapRules() {
  const table = new Map();
  for (let cp = 1; cp < 0x30000; cp++) {
    const c = String.fromCodePoint(cp);
    if (/[\p{Cs}\p{Co}\p{Cn}]/u.test(c) || (cp > 0xA7F0 && cp < 0xA7F5) || (cp >= 0x10780 && cp < 0x107C0)) continue;
    if (rules(c) !== c) table.set(c, rules(c));
    for (const form of ['NFD', 'NFKD']) {
      const apart = c.normalize(form);
      if (apart !== c && (cp < 0xAC00 || cp > 0xD7A3 || cp % 28 === 16) && rules(apart) !== apart) table.set(apart, rules(apart));
    }
  }
  return table;
}

// A double-array trie of byte strings, in the units of darts-clone: where each node's children begin is searched from the front.
export function charsmap(table) {
  const texts = [];
  let length = 0;
  const root = { children: new Map() };
  for (const [from, to] of [...table].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
    let node = root;
    for (const byte of Buffer.from(from)) {
      if (!node.children.has(byte)) node.children.set(byte, { children: new Map() });
      node = node.children.get(byte);
    }
    node.value = length;
    texts.push(Buffer.from(`${to}\0`));
    length += Buffer.byteLength(to) + 1;
  }
  const units = new Uint32Array(1 << 21);
  const taken = new Uint8Array(units.length);
  taken[0] = 1;
  let from = 1;
  const offset = (at, base) => {
    const apart = at ^ base; // 21 bits as they are, or with the low byte empty in 8 bits more
    if (apart < 1 << 21) return apart << 10;
    if (apart & 0xff) throw new Error('the table is too large');
    return ((apart >>> 8) << 10) | (1 << 9);
  };
  const place = (node, at) => {
    const labels = [...(node.value === undefined ? [] : [0]), ...node.children.keys()];
    while (taken[from]) from++;
    let base = from ^ labels[0];
    for (let i = from; labels.some((l) => taken[base ^ l]); ) {
      while (taken[++i]);
      base = i ^ labels[0];
    }
    for (const l of labels) taken[base ^ l] = 1;
    units[at] = (units[at] | offset(at, base) | (node.value === undefined ? 0 : 1 << 8)) >>> 0;
    if (node.value !== undefined) units[base] = (node.value | (1 << 31)) >>> 0;
    for (const [byte, child] of node.children) units[base ^ byte] = byte;
    for (const [byte, child] of node.children) place(child, base ^ byte);
  };
  place(root, 0);
  const size = (taken.lastIndexOf(1) | 0xff) + 1;
  const bytes = Buffer.alloc(4 + size * 4);
  bytes.writeUInt32LE(size * 4, 0);
  for (let i = 0; i < size; i++) bytes.writeUInt32LE(units[i], 4 + i * 4);
  return Buffer.concat([bytes, ...texts]).toString('base64');
}

// The table at work: at each place the longest sequence counts.
export function charsmapApplier(table) {
  const longest = new Map(); // by first character
  for (const key of table.keys()) {
    const chars = [...key];
    longest.set(chars[0], Math.max(longest.get(chars[0]) ?? 0, chars.length));
  }
  return (text) => {
    const chars = [...text];
    let out = '';
    for (let i = 0; i < chars.length; ) {
      let k = longest.get(chars[i]) ?? 0;
      while (k > 0 && !table.has(k === 1 ? chars[i] : chars.slice(i, i + k).join(''))) k--;
      out += k > 0 ? table.get(k === 1 ? chars[i] : chars.slice(i, i + k).join('')) : chars[i];
      i += Math.max(k, 1);
    }
    return out;
  };
}

// As deberta-v3 has it.
export function deberta(pieces, precompiled_charsmap) {
  const vocab = [['[PAD]', 0], ['[CLS]', 0], ['[SEP]', 0], ['[UNK]', 0], ...pieces];
  return {
    version: '1.0', truncation: null, padding: null,
    added_tokens: [added(0, '[PAD]'), added(1, '[CLS]'), added(2, '[SEP]'), added(3, '[UNK]', { normalized: true }), added(vocab.length, '[MASK]')],
    normalizer: { type: 'Sequence', normalizers: [{ type: 'Strip', strip_left: true, strip_right: true }, { type: 'Precompiled', precompiled_charsmap }, { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' }] },
    pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'Metaspace', replacement: '▁', add_prefix_space: true, prepend_scheme: 'always' }] },
    post_processor: template('[CLS]', '[SEP]', ['[SEP]'], 1),
    decoder: { type: 'Metaspace', replacement: '▁', add_prefix_space: true, prepend_scheme: 'always' },
    model: { type: 'Unigram', unk_id: 3, vocab, byte_fallback: false },
  };
}

// As XLM-RoBERTa has it.
export function xlmRoberta(pieces, precompiled_charsmap) {
  const vocab = [['<s>', 0], ['<pad>', 0], ['</s>', 0], ['<unk>', 0], ...pieces, ['<mask>', 0]];
  return {
    version: '1.0', truncation: null, padding: null,
    added_tokens: [added(0, '<s>'), added(1, '<pad>'), added(2, '</s>'), added(3, '<unk>'), added(vocab.length - 1, '<mask>', { lstrip: true, normalized: true })],
    normalizer: { type: 'Precompiled', precompiled_charsmap },
    pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'WhitespaceSplit' }, { type: 'Metaspace', replacement: '▁', add_prefix_space: true }] },
    post_processor: template('<s>', '</s>', ['</s>', '</s>'], 0),
    decoder: { type: 'Metaspace', replacement: '▁', add_prefix_space: true },
    model: { type: 'Unigram', unk_id: 3, vocab },
  };
}
