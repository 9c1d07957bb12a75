// Package signature verifies what people have signed: CMS (PKCS#7) made with
// an electronic digital signature, by RSA, ECDSA or GOST 34.10-2015, up to the
// roots that a body has configured. It reads no clock and no network: instants,
// revocation lists and responses are passed in, and the same input gives the
// same answer years later.
package signature
