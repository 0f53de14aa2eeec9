// What the gateway proves itself with to an application that looks, or to nginx in front of one that can't.

export const GATEWAY_SECRET = 'e1b7c0d94a2f5836e7c1a0b9d8f7e6a5c4b3a2918070f6e5d4c3b2a190817263';
