// A certificate for tests, signed by itself: RFC 5280 in the few pieces that are needed.
import crypto from 'node:crypto';

const der = (tag, ...parts) => {
        const body = Buffer.concat(parts);
        const n = body.length;
        return Buffer.concat([Buffer.from(n < 128 ? [tag, n] : n < 256 ? [tag, 0x81, n] : [tag, 0x82, n >> 8, n & 255]), body]);
};
const sequence = (...parts) => der(0x30, ...parts);
const oid = (hex) => der(0x06, Buffer.from(hex, 'hex'));
const octets = (...parts) => der(0x04, ...parts);
const bits = (bytes) => der(0x03, Buffer.from([0]), bytes);
const moment = (date) => der(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]|\.\d+/g, '')}`)); // GeneralizedTime
const ECDSA_SHA256 = sequence(oid('2a8648ce3d040302'));
const pem = (what, bytes) => `-----BEGIN ${what}-----\n${bytes.toString('base64').match(/.{1,64}/g).join('\n')}\n-----END ${what}-----\n`;
const day_ms = 24 * 60 * 60 * 1000;

// { certificate, key } as PEM, for localhost and 127.0.0.1; days: from when until when, counted from now.
export function newCertificate({ from = -1, until = 30 } = {}) {
        const { privateKey, publicKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
        const name = sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from('localhost')))));
        const names = sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])));
        const body = sequence(
                der(0xa0, der(0x02, Buffer.from([2]))), der(0x02, Buffer.concat([Buffer.from([1]), crypto.randomBytes(8)])), ECDSA_SHA256, name,
                sequence(moment(new Date(Date.now() + from * day_ms)), moment(new Date(Date.now() + until * day_ms))), name,
                publicKey.export({ type: 'spki', format: 'der' }),
                der(0xa3, sequence(sequence(oid('551d11'), octets(names)), sequence(oid('551d13'), der(0x01, Buffer.from([255])), octets(sequence(der(0x01, Buffer.from([255]))))))));
        const signature = crypto.sign('sha256', body, privateKey);
        return { certificate: pem('CERTIFICATE', sequence(body, ECDSA_SHA256, bits(signature))), key: privateKey.export({ type: 'pkcs8', format: 'pem' }) };
}
