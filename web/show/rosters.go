package show

import (
	"strings"

	"aiqyn/casework"
	"aiqyn/web/visit"
)

// Roster is what a roster is called: the role and the body.
func Roster(v *visit.Visit, r *casework.RosterView) string {
	return v.T("role."+string(r.Role)) + " · " + Body(v, r.Body)
}

// FindRosters is what the address narrows a list of rosters to: those in which each word of
// find is in what the post is called or in the tag or name of somebody on it, and with
// state=vacant those that nobody is on. It is nil if the address asks for all.
func FindRosters(v *visit.Visit) func(*casework.RosterView) bool {
	words, vacant := strings.Fields(strings.ToLower(v.Query("find"))), v.Query("state") == "vacant"
	if len(words) == 0 && !vacant {
		return nil
	}
	return func(r *casework.RosterView) bool {
		if vacant && !r.Vacant() {
			return false
		}
		text := strings.ToLower(Roster(v, r) + " " + string(r.Role) + " " + string(r.Body))
		for _, o := range r.Officers {
			text += " " + strings.ToLower(string(o.ID)+" "+o.Name)
		}
		for _, word := range words {
			if !strings.Contains(text, word) {
				return false
			}
		}
		return true
	}
}
