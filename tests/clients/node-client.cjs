// Every method of @jambonz/node-client, against the server that WORLD names. Each that worked is a line.
const assert = require('node:assert');
const jambonz = require('@jambonz/node-client');

const world = JSON.parse(process.env.WORLD);
const client = jambonz(world.accountSid, world.apiKey, {baseUrl: world.baseUrl});
const unknown = '00000000-0000-4000-8000-000000000000';

async function eventually(what, ask) {
  for (let tries = 0; tries < 200; tries++) {
    if (await ask()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail(`waited in vain for ${what}`);
}

async function applications() {
  const hook = {url: world.hook, method: 'POST'};
  const sid = await client.applications.create({name: 'from the client', call_hook: hook, call_status_hook: {url: world.statusHook}});
  assert.match(sid, /^[0-9a-f-]{36}$/);
  console.log('applications.create');
  const application = await client.applications.retrieve(sid);
  assert.equal(application.name, 'from the client');
  assert.equal(application.call_hook.url, world.hook);
  await assert.rejects(client.applications.retrieve(unknown), /sid .* not found/);
  console.log('applications.retrieve');
  assert.deepEqual((await client.applications.list()).map((one) => one.application_sid), [sid]);
  console.log('applications.list');
  await client.applications.delete(sid);
  assert.deepEqual(await client.applications.list(), []);
  console.log('applications.delete');
}

async function calls() {
  const sid = await client.calls.create({
    from: world.caller,
    to: {type: 'phone', number: world.called},
    call_hook: world.hook,
    call_status_hook: world.statusHook,
    tag: {order: 17},
  });
  console.log('calls.create');
  await eventually('an answer', async() => (await client.calls.retrieve(sid)).call_status === 'in-progress');
  await assert.rejects(client.calls.retrieve(unknown), /sid .* not found/);
  console.log('calls.retrieve');
  const [listed] = await client.calls.list();
  assert.equal(listed.call_sid, sid);
  assert.equal(listed.sip_status, 200);
  console.log('calls.list');
  await client.calls.update(sid, {call_hook: world.otherHook});
  const isRedirected = async() => (await client.calls.retrieve(sid)).customerData?.redirected;
  await eventually('the other script', isRedirected);
  console.log('calls.update');
  await client.calls.delete(sid);
  await assert.rejects(client.calls.retrieve(sid), /sid .* not found/);
  console.log('calls.delete');
}

// It takes objects where it means text: a String object is both.
async function messages() {
  const message = {from: world.caller, to: new String(world.called), text: new String('good morning')};
  await client.messages.create(message).then(
    (sid) => assert.match(sid, /^[0-9a-f-]{36}$/),
    async(refused) => assert.fail(`${refused.statusCode} ${await refused.text()}`),
  );
  console.log('messages.create');
}

applications().then(calls).then(messages).catch((error) => {
  console.error(error);
  process.exit(1);
});
