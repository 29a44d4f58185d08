// Gets a token bound to a key of its own making and calls with it; prints what came of it as JSON.
import { generateKeyPair, generateProof, calculateThumbprint } from 'dpop';
import { importJWK, SignJWT } from 'jose';

const [base, client, jwk] = process.argv.slice(2);
const about = await (await fetch(`${base}/.well-known/openid-configuration`)).json();
const key = JSON.parse(jwk);
const out = {};
for (const algorithm of ['ES256', 'PS256', 'RS256']) {
  const pair = await generateKeyPair(algorithm);
  const assertion = await new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid: key.kid, typ: 'JWT' }).setIssuer(client).setSubject(client)
    .setAudience(about.issuer).setJti(crypto.randomUUID()).setIssuedAt().setExpirationTime('2m').sign(await importJWK(key, 'ES256'));
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: client, client_assertion: assertion,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' });
  const ask = async nonce => fetch(about.token_endpoint, { method: 'POST', body, headers: { DPoP: await generateProof(pair, about.token_endpoint, 'POST', nonce) } });
  let answer = await ask();
  // RFC 9449 §8: the first refusal brings the nonce; the assertion was not spent by it.
  if (answer.status === 400 && answer.headers.has('DPoP-Nonce')) answer = await ask(answer.headers.get('DPoP-Nonce'));
  const token = await answer.json();
  const url = `${base}/api/session`;
  const call = async nonce => fetch(url, { headers: { Authorization: `DPoP ${token.access_token}`, DPoP: await generateProof(pair, url, 'GET', nonce, token.access_token) } });
  let got = await call();
  const challenge = got.headers.get('WWW-Authenticate');
  if (got.status === 401 && got.headers.has('DPoP-Nonce')) got = await call(got.headers.get('DPoP-Nonce'));
  const claims = token.access_token ? JSON.parse(Buffer.from(token.access_token.split('.')[1], 'base64url')) : token;
  out[algorithm] = { status: answer.status, type: token.token_type, isBound: claims.cnf?.jkt === await calculateThumbprint(pair.publicKey), called: got.status, challenge,
    asBearer: (await fetch(url, { headers: { Authorization: `Bearer ${token.access_token}` } })).status };
}
console.log(JSON.stringify(out));
