// Named characters of HTML: those of HTML 4, and those of HTML 5 that mail programs write. Sorted by byte value for
// bsearch().
#pragma once

// clang-format off
// X(name, code point)
#define HTML_ENTITY_TABLE(X) \
        X("AElig", 0xC6) X("Aacute", 0xC1) X("Acirc", 0xC2) X("Agrave", 0xC0) X("Alpha", 0x391) X("Aogon", 0x104) \
        X("Aring", 0xC5) X("Atilde", 0xC3) X("Auml", 0xC4) X("Beta", 0x392) X("Cacute", 0x106) X("Ccaron", 0x10C) \
        X("Ccedil", 0xC7) X("Chi", 0x3A7) X("Dagger", 0x2021) X("Delta", 0x394) X("ETH", 0xD0) X("Eacute", 0xC9) \
        X("Ecirc", 0xCA) X("Egrave", 0xC8) X("Eogon", 0x118) X("Epsilon", 0x395) X("Eta", 0x397) X("Euml", 0xCB) \
        X("Gamma", 0x393) X("Gbreve", 0x11E) X("Hat", 0x5E) X("Iacute", 0xCD) X("Icirc", 0xCE) X("Idot", 0x130) \
        X("Igrave", 0xCC) X("Iota", 0x399) X("Iuml", 0xCF) X("Kappa", 0x39A) X("Lambda", 0x39B) X("Lstrok", 0x141) \
        X("Mu", 0x39C) X("Nacute", 0x143) X("NewLine", 0xA) X("NoBreak", 0x2060) X("Ntilde", 0xD1) X("Nu", 0x39D) \
        X("OElig", 0x152) X("Oacute", 0xD3) X("Ocirc", 0xD4) X("Ograve", 0xD2) X("Omega", 0x3A9) \
        X("Omicron", 0x39F) X("Oslash", 0xD8) X("Otilde", 0xD5) X("Ouml", 0xD6) X("Phi", 0x3A6) X("Pi", 0x3A0) \
        X("Prime", 0x2033) X("Psi", 0x3A8) X("Rho", 0x3A1) X("Sacute", 0x15A) X("Scaron", 0x160) \
        X("Scedil", 0x15E) X("Sigma", 0x3A3) X("THORN", 0xDE) X("Tab", 0x9) X("Tau", 0x3A4) X("Theta", 0x398) \
        X("Uacute", 0xDA) X("Ucirc", 0xDB) X("Ugrave", 0xD9) X("Upsilon", 0x3A5) X("Uuml", 0xDC) X("Xi", 0x39E) \
        X("Yacute", 0xDD) X("Yuml", 0x178) X("Zacute", 0x179) X("Zcaron", 0x17D) X("Zdot", 0x17B) \
        X("ZeroWidthSpace", 0x200B) X("Zeta", 0x396) X("aacute", 0xE1) X("acirc", 0xE2) X("acute", 0xB4) \
        X("aelig", 0xE6) X("agrave", 0xE0) X("alefsym", 0x2135) X("alpha", 0x3B1) X("amp", 0x26) X("and", 0x2227) \
        X("ang", 0x2220) X("aogon", 0x105) X("apos", 0x27) X("aring", 0xE5) X("ast", 0x2A) X("asymp", 0x2248) \
        X("atilde", 0xE3) X("auml", 0xE4) X("bdquo", 0x201E) X("beta", 0x3B2) X("brvbar", 0xA6) X("bsol", 0x5C) \
        X("bull", 0x2022) X("cacute", 0x107) X("cap", 0x2229) X("ccaron", 0x10D) X("ccedil", 0xE7) \
        X("cedil", 0xB8) X("cent", 0xA2) X("check", 0x2713) X("checkmark", 0x2713) X("chi", 0x3C7) \
        X("circ", 0x2C6) X("clubs", 0x2663) X("colon", 0x3A) X("comma", 0x2C) X("commat", 0x40) X("cong", 0x2245) \
        X("copy", 0xA9) X("crarr", 0x21B5) X("cross", 0x2717) X("cup", 0x222A) X("curren", 0xA4) X("dArr", 0x21D3) \
        X("dagger", 0x2020) X("darr", 0x2193) X("dash", 0x2010) X("deg", 0xB0) X("delta", 0x3B4) \
        X("diams", 0x2666) X("divide", 0xF7) X("dollar", 0x24) X("eacute", 0xE9) X("ecaron", 0x11B) \
        X("ecirc", 0xEA) X("egrave", 0xE8) X("empty", 0x2205) X("emsp", 0x2003) X("ensp", 0x2002) \
        X("eogon", 0x119) X("epsilon", 0x3B5) X("equals", 0x3D) X("equiv", 0x2261) X("eta", 0x3B7) X("eth", 0xF0) \
        X("euml", 0xEB) X("euro", 0x20AC) X("excl", 0x21) X("exist", 0x2203) X("fnof", 0x192) X("forall", 0x2200) \
        X("frac12", 0xBD) X("frac14", 0xBC) X("frac34", 0xBE) X("frasl", 0x2044) X("gamma", 0x3B3) \
        X("gbreve", 0x11F) X("ge", 0x2265) X("grave", 0x60) X("gt", 0x3E) X("hArr", 0x21D4) X("harr", 0x2194) \
        X("hearts", 0x2665) X("hellip", 0x2026) X("horbar", 0x2015) X("hyphen", 0x2010) X("iacute", 0xED) \
        X("icirc", 0xEE) X("iexcl", 0xA1) X("igrave", 0xEC) X("image", 0x2111) X("infin", 0x221E) \
        X("inodot", 0x131) X("int", 0x222B) X("iota", 0x3B9) X("iquest", 0xBF) X("isin", 0x2208) X("iuml", 0xEF) \
        X("kappa", 0x3BA) X("lArr", 0x21D0) X("lambda", 0x3BB) X("lang", 0x2329) X("laquo", 0xAB) \
        X("larr", 0x2190) X("lceil", 0x2308) X("lcub", 0x7B) X("ldquo", 0x201C) X("le", 0x2264) \
        X("leftarrow", 0x2190) X("lfloor", 0x230A) X("lowast", 0x2217) X("lowbar", 0x5F) X("loz", 0x25CA) \
        X("lpar", 0x28) X("lrm", 0x200E) X("lsaquo", 0x2039) X("lsqb", 0x5B) X("lsquo", 0x2018) X("lstrok", 0x142) \
        X("lt", 0x3C) X("macr", 0xAF) X("mdash", 0x2014) X("micro", 0xB5) X("middot", 0xB7) X("minus", 0x2212) \
        X("mldr", 0x2026) X("mu", 0x3BC) X("nabla", 0x2207) X("nacute", 0x144) X("nbsp", 0xA0) X("ndash", 0x2013) \
        X("ne", 0x2260) X("ni", 0x220B) X("nldr", 0x2025) X("not", 0xAC) X("notin", 0x2209) X("nsub", 0x2284) \
        X("ntilde", 0xF1) X("nu", 0x3BD) X("num", 0x23) X("numero", 0x2116) X("oacute", 0xF3) X("ocirc", 0xF4) \
        X("oelig", 0x153) X("ograve", 0xF2) X("oline", 0x203E) X("omega", 0x3C9) X("omicron", 0x3BF) \
        X("oplus", 0x2295) X("or", 0x2228) X("ordf", 0xAA) X("ordm", 0xBA) X("oslash", 0xF8) X("otilde", 0xF5) \
        X("otimes", 0x2297) X("ouml", 0xF6) X("para", 0xB6) X("part", 0x2202) X("percnt", 0x25) X("period", 0x2E) \
        X("permil", 0x2030) X("perp", 0x22A5) X("phi", 0x3C6) X("pi", 0x3C0) X("piv", 0x3D6) X("plus", 0x2B) \
        X("plusmn", 0xB1) X("pound", 0xA3) X("prime", 0x2032) X("prod", 0x220F) X("prop", 0x221D) X("psi", 0x3C8) \
        X("quest", 0x3F) X("quot", 0x22) X("rArr", 0x21D2) X("radic", 0x221A) X("rang", 0x232A) X("raquo", 0xBB) \
        X("rarr", 0x2192) X("rcaron", 0x159) X("rceil", 0x2309) X("rcub", 0x7D) X("rdquo", 0x201D) \
        X("real", 0x211C) X("reg", 0xAE) X("rfloor", 0x230B) X("rho", 0x3C1) X("rightarrow", 0x2192) \
        X("rlm", 0x200F) X("rpar", 0x29) X("rsaquo", 0x203A) X("rsqb", 0x5D) X("rsquo", 0x2019) X("sacute", 0x15B) \
        X("sbquo", 0x201A) X("scaron", 0x161) X("scedil", 0x15F) X("sdot", 0x22C5) X("sect", 0xA7) X("semi", 0x3B) \
        X("shy", 0xAD) X("sigma", 0x3C3) X("sigmaf", 0x3C2) X("sim", 0x223C) X("sol", 0x2F) X("spades", 0x2660) \
        X("star", 0x2606) X("starf", 0x2605) X("sub", 0x2282) X("sube", 0x2286) X("sum", 0x2211) X("sup", 0x2283) \
        X("sup1", 0xB9) X("sup2", 0xB2) X("sup3", 0xB3) X("supe", 0x2287) X("szlig", 0xDF) X("tau", 0x3C4) \
        X("there4", 0x2234) X("theta", 0x3B8) X("thetasym", 0x3D1) X("thinsp", 0x2009) X("thorn", 0xFE) \
        X("tilde", 0x2DC) X("times", 0xD7) X("trade", 0x2122) X("uArr", 0x21D1) X("uacute", 0xFA) \
        X("uarr", 0x2191) X("ucirc", 0xFB) X("ugrave", 0xF9) X("uml", 0xA8) X("upsih", 0x3D2) X("upsilon", 0x3C5) \
        X("uring", 0x16F) X("uuml", 0xFC) X("verbar", 0x7C) X("vert", 0x7C) X("weierp", 0x2118) X("xi", 0x3BE) \
        X("yacute", 0xFD) X("yen", 0xA5) X("yuml", 0xFF) X("zacute", 0x17A) X("zcaron", 0x17E) X("zdot", 0x17C) \
        X("zeta", 0x3B6) X("zwj", 0x200D) X("zwnj", 0x200C)
// clang-format on
