// Raw mails as a help desk shows them: who sent it, the subject, the first text. Only what the loop corpus needs of MIME.
const MULTIPART_DEPTH = 8;

function decode(bytes, charset) {
        try {
                return new TextDecoder(charset || 'utf-8').decode(bytes);
        } catch {
                return new TextDecoder('latin1').decode(bytes);
        }
}

const quotedPrintable = (text) => Buffer.from(text.replace(/=[ \t]*\r?\n/g, '').replace(/=([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1');

// RFC 2047: =?charset?B?...?= and =?charset?Q?...?=
function words(text) {
        return text.replace(/\?=\s+=\?/g, '?==?').replace(/=\?([^?*]+)(?:\*[^?]*)?\?([bBqQ])\?([^?]*)\?=/g, (_, charset, how, data) =>
                decode(/b/i.test(how) ? Buffer.from(data, 'base64') : quotedPrintable(data.replace(/_/g, ' ')), charset));
}

function split(raw) {
        const at = /\r?\n\r?\n/.exec(raw);
        const head = at ? raw.slice(0, at.index) : raw;
        const headers = new Map();
        for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
                const colon = line.indexOf(':');
                const name = line.slice(0, colon).toLowerCase();
                if (colon > 0 && !headers.has(name))
                        headers.set(name, line.slice(colon + 1).trim());
        }
        return { head, headers, body: at ? raw.slice(at.index + at[0].length) : '' };
}

const parameter = (value, name) => new RegExp(`${name}\\s*=\\s*(?:"([^"]*)"|([^;\\s]+))`, 'i').exec(value)?.slice(1).find(Boolean);

// The first part that is text; null: none.
function firstText({ headers, body }, depth = 0) {
        const type = headers.get('content-type') ?? 'text/plain';
        const boundary = /^multipart\//i.test(type) && parameter(type, 'boundary');
        if (boundary && depth < MULTIPART_DEPTH) {
                for (const part of body.split(`--${boundary}`).slice(1)) {
                        const text = firstText(split(part.replace(/^\r?\n/, '')), depth + 1);
                        if (text !== null)
                                return text;
                }
                return null;
        }
        if (!/^text\//i.test(type))
                return null;
        const encoding = headers.get('content-transfer-encoding') ?? '';
        const bytes = /base64/i.test(encoding) ? Buffer.from(body, 'base64') : /quoted/i.test(encoding) ? quotedPrintable(body) : Buffer.from(body, 'latin1');
        const text = decode(bytes, parameter(type, 'charset'));
        return /html/i.test(type) ? text : text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/\r?\n/g, '<br>');
}

// bytes → { name, email, subject, html, headers }
export function readMail(bytes) {
        const mail = split(bytes.toString('latin1').replace(/^From .*\r?\n/, ''));
        const from = words(mail.headers.get('from') ?? '');
        const email = /([^\s<>"(),:;]+@[^\s<>"(),:;]+)/.exec(from)?.[1] ?? (/mailer-daemon/i.test(from) ? 'MAILER-DAEMON' : null);
        return { name: from.replace(/<[^>]*>|"/g, '').trim() || email, email, subject: words(mail.headers.get('subject') ?? ''), html: firstText(mail) ?? '', headers: mail.head };
}
