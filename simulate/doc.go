// Package simulate makes a small country out of one number: people and
// companies with the rights they hold, an invented town with its streets and
// parcels, the electricity network under them, the officers of its bodies and
// a year of cases for the engine to live through. The same seed gives the same
// bytes. Nothing in it exists: numbers of people carry a
// century digit that the state never issued, companies a thirteenth month,
// parcels a district 99-999.
package simulate
