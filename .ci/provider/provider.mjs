// An identity provider that is not ours, for the tests of signing in: oidc-provider,
// certified by the OpenID Foundation, with its own pages for signing in and agreeing.
// It knows everybody by the number that they type, and says it in the claim iin.
//
//	node provider.mjs REDIRECT [PORT]
//
// prints its issuer when it answers. Its keys are made anew each time.
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import Provider from 'oidc-provider'

const [redirect, port = '0'] = process.argv.slice(2)

const key = () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig' }
}

// The issuer names the port, which is known when the server listens.
const server = createServer().listen(Number(port), '127.0.0.1', () => {
  const issuer = `http://localhost:${server.address().port}`
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'aiqyn', client_secret: 'a secret of the tests', redirect_uris: [redirect],
      grant_types: ['authorization_code'], response_types: ['code'],
    }],
    claims: { openid: ['sub', 'iin'] },
    conformIdTokenClaims: false, // the claims of the scope are in the ID token
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: `person-${id}`, iin: id }) }),
    jwks: { keys: [key()] },
    cookies: { keys: ['of the tests'] },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
  })
  server.on('request', provider.callback())
  console.log(issuer)
})
