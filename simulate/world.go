package simulate

import (
	"time"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/registry"
)

// Config says which country to make.
type Config struct {
	Seed    uint64
	People  int       // 0 means 20 000
	Network []byte    // a network file to lay out on the town; nil generates one
	Today   time.Time // the last day of the year of cases
	Posts   []Post    // that somebody must hold, besides those of the town's own bodies
}

// The number of people that a town may have: fewer have no streets to speak
// of, more would run out of telephone numbers.
const (
	defaultPeople = 20_000
	minPeople     = 1_000
	maxPeople     = 400_000
)

// World is the whole country. Everything in it is data for the registers, the
// grid and the pages; nothing refers back to how it was made.
type World struct {
	Town      aiqyn.Text
	Districts []District
	Streets   []Street
	Features  []Feature
	Today     time.Time

	People     []registry.Person
	Addresses  []registry.Address  // one for each person, in the same order
	Children   []registry.Children // one for each parent
	Parcels    []registry.Parcel
	Rights     []registry.Right // one for each parcel, in the same order
	Businesses []registry.Business

	// Of some of the grown-ups, and of those whom the demonstration is shown through.
	Studies     []registry.Study
	Marks       []registry.Marks
	Employments []registry.Employment
	Insurances  []registry.Insurance
	Licences    []registry.DrivingLicence
	Fitness     []registry.DrivingFitness
	Conscripts  []registry.Conscript
	Courts      []registry.CourtActs

	Network   *grid.Network
	Schematic bool // the network was laid out on the town, it does not lie there
	Stations  []Station
	Trafos    []Transformer // in the order of Network.Trafos
	// Substations are the transformers that are not the utility's.
	Substations []Substation
	Supplies    []Supply // which bus serves which parcel; none in a network from a file

	Officers []Officer
	Personas []Persona

	seed  uint64
	lots  []lot
	lives []resident
	asker *asker // nil: nobody waits for owners of a substation
}
