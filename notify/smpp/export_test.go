package smpp

// MalformedUnits are handed to the tests of whole sessions.
var MalformedUnits = malformed
