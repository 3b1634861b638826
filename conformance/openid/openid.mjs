// A certified OpenID Connect provider for the tests of signing in. Anybody is let in by name; ann has the role admin. Says its address; reads
// a line each of `gateway ORIGIN`, where the page is, `life SECONDS` of its tokens, and `refresh yes|no`; ends with whoever holds stdin.
import http from 'node:http';
import readline from 'node:readline';
import Provider from 'oidc-provider';

// It reminds of all that a provider for real people would need.
console.info = console.warn = () => {};

const set = { gateway: '', life: '3600', refresh: 'yes' };
const roles = (name) => ({ realm_access: { roles: name === 'ann' ? ['admin', 'terminal'] : [] } });
const life = () => Number(set.life);

const server = http.createServer();
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'holdfast',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: ['http://127.0.0.1/'],
  }],
  claims: { openid: ['sub', 'realm_access'], profile: ['name'] },
  conformIdTokenClaims: false,
  clientBasedCORS: (ctx, origin) => origin === set.gateway,
  findAccount: (ctx, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: `${id[0].toUpperCase()}${id.slice(1)} Example`, ...roles(id) }),
  }),
  extraTokenClaims: (ctx, token) => roles(token.accountId),
  issueRefreshToken: () => set.refresh === 'yes',
  ttl: { AccessToken: life, IdToken: life, RefreshToken: 3600, Session: 3600, Interaction: 600, Grant: 3600 },
  features: {
    resourceIndicators: {
      enabled: true,
      defaultResource: () => 'urn:holdfast',
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'openid profile', audience: 'holdfast-api', accessTokenFormat: 'jwt', accessTokenTTL: life(),
      }),
    },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
});
const home = (uri) => uri === `${set.gateway}/`;
Object.assign(provider.Client.prototype, { redirectUriAllowed: home, postLogoutRedirectUriAllowed: home });
server.on('request', provider.callback());
console.log(`listening on ${issuer}`);

for await (const line of readline.createInterface({ input: process.stdin })) {
  const [name, value] = line.split(' ');
  set[name] = value;
  console.log(line);
}
process.exit(0);
