package main

import "aiqyn/casework"

// sayBeacons tells by which source chance decided how much; all that rests on practice
// is one sum, whether the log names it or not.
func (c *call) sayBeacons(uses []casework.BeaconUse) {
	var practice casework.BeaconUse
	for _, u := range uses {
		key := "command.audited-beacon"
		switch {
		case u.Beacon == practiceSource:
			practice.Rounds, practice.Draws = practice.Rounds+u.Rounds, practice.Draws+u.Draws
			continue
		case u.Description == "":
			key = "command.audited-beacon-unknown"
		}
		c.say(key, "beacon", u.Beacon, "description", u.Description, "rounds", u.Rounds, "draws", u.Draws)
	}
	if practice.Rounds+practice.Draws > 0 {
		c.say("command.audited-beacon-practice", "rounds", practice.Rounds, "draws", practice.Draws)
	}
}

const practiceSource = "practice" // what nothing proves, by its name
