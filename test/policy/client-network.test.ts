// Who counts as one client: IPv4 addresses one by one, IPv6 addresses by the network of a subscriber.

import { describe, expect, it } from 'vitest';
import { clientNetworkOf } from '../../src/policy/client-network.ts';

describe('one client', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002:ffff::', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['2001:db8:0:3::6', '2001:db8:0:3::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::ffff:203.0.113.7', '::ffff:203.0.113.7'],
  ])('%s is of %s', (address, network) => {
    expect(clientNetworkOf(new Headers({ 'cf-connecting-ip': address }))).toBe(network);
  });

  it('is unknown where the edge says nothing', () => expect(clientNetworkOf(new Headers())).toBeUndefined());
});
