// Package practice is a certification authority that proves nothing about
// anybody: it gives whoever asks a certificate, a revocation list, OCSP
// responses and time stamps in the form in which the national authority gives
// them. The demonstration and the tests sign with it; no server for real people
// believes it unless its operator says so.
package practice
