package simulate

import (
	"fmt"
	"slices"

	"aiqyn"
	"aiqyn/registry"
)

// Bodies that the officers serve, by their ids in the pack where it has them.
const (
	Utility        aiqyn.BodyID = "utility"
	WaterUtility   aiqyn.BodyID = "water-utility"
	AppealsCouncil aiqyn.BodyID = "appeals-council"
	Platform       aiqyn.BodyID = "platform"
	Audit          aiqyn.BodyID = "audit"
	AntiCorruption aiqyn.BodyID = "anti-corruption"
	ServiceCentre  aiqyn.BodyID = "government-for-citizens"
	Akimat         aiqyn.BodyID = "akimat-akmola"
	Schools        aiqyn.BodyID = "education-astana"
)

// Officer is one person in the service of a body; they are in the register of
// people like everybody else.
type Officer struct {
	ID     aiqyn.OfficerID
	Name   registry.Name
	Role   aiqyn.Role
	Body   aiqyn.BodyID
	Region string
	IIN    aiqyn.PersonID
	Phone  string
	Lang   aiqyn.Lang
}

// Actor is the officer acting.
func (o Officer) Actor() aiqyn.Actor {
	return aiqyn.Actor{Role: o.Role, Person: o.IIN, Officer: o.ID, Body: o.Body}
}

// Post is what officers of a body do, and how many of them.
type Post struct {
	Role  aiqyn.Role
	Body  aiqyn.BodyID
	Count int
}

// establishment says how many serve where. Sixteen surveyors and ten engineers
// of the utility make a draw worth the name; the rest are as many as their rules
// need. Whom other services need is for whoever has the pack to say (Config.Posts).
var establishment = []Post{
	{aiqyn.RoleSurveyor, Utility, 16}, {aiqyn.RoleEngineer, Utility, 10}, {aiqyn.RoleHead, Utility, 2},
	{aiqyn.RolePublisher, Platform, 2}, {aiqyn.RoleRegistrar, Platform, 1}, {aiqyn.RoleCustodian, Platform, 1},
	{aiqyn.RoleAuditor, Audit, 1}, {aiqyn.RoleOverseer, AntiCorruption, 1}, {aiqyn.RoleOperator, ServiceCentre, 2},
	{aiqyn.RoleReader, Akimat, 1}, {aiqyn.RoleReader, Schools, 1}, {aiqyn.RoleAppeals, AppealsCouncil, 5}, {aiqyn.RoleHead, AppealsCouncil, 1}, {aiqyn.RoleSecrecy, Platform, 1},
	{aiqyn.RoleInstitution, firstGarden, 1}, {aiqyn.RoleInstitution, firstSurgery, 1},
}

// posts are those of the establishment, and then those asked for of bodies that
// it does not have.
func (m *maker) posts() []Post {
	all := slices.Clone(establishment)
	for _, p := range m.cfg.Posts {
		if !slices.ContainsFunc(all, func(has Post) bool { return has.Role == p.Role && has.Body == p.Body }) {
			all = append(all, p)
		}
	}
	// The second clerk of the akimat, without whom nobody consents in person there.
	return append(all, Post{aiqyn.RoleInstitution, LandSeller, 1}, Post{aiqyn.RoleReader, Akimat, 1})
}

// officers appoints people of working age, nobody twice, and chooses who the
// demonstration is shown through.
func (m *maker) officers() error {
	r := stream(m.cfg.Seed, "officers")
	adults := grownUps(m.w.lives, m.cfg.Today)
	r.Shuffle(len(adults), func(i, j int) { adults[i], adults[j] = adults[j], adults[i] })
	seats := make(map[aiqyn.Role]int)
	next := 0
	for _, e := range m.posts() {
		for range e.Count {
			for m.w.lives[adults[next]].age(m.cfg.Today) > 60 {
				next++
			}
			p := &m.w.lives[adults[next]]
			next++
			seats[e.Role]++
			m.w.Officers = append(m.w.Officers, Officer{
				ID:   aiqyn.OfficerID(fmt.Sprintf("%s-%02d", e.Role, seats[e.Role])),
				Name: p.name(), Role: e.Role, Body: e.Body, Region: Region, IIN: p.iin, Phone: p.phone, Lang: p.lang,
			})
		}
	}
	if err := m.w.cast(); err != nil {
		return err
	}
	m.standings()
	return nil
}
