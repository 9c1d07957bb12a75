package casework

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// briefly says that what is many times the same is done fewer times: under the race
// detector, and on the second engine. Without both it is done in full.
var briefly = underRace || onServer

// TestOnPostgreSQL: what many decide at once is as true on the second engine, and there
// too under the race detector. Every test runs on it without: see [notOnServer].
func TestOnPostgreSQL(t *testing.T) {
	t.Parallel()
	for _, point := range beside {
		t.Run(point.name, func(t *testing.T) {
			t.Parallel()
			point.test(t)
		})
	}
}

// beside are the tests in which several work at once.
var beside = []struct {
	name string
	test func(*testing.T)
}{
	{"point 2", TestPoint02DecideInLogOrder},
	{"point 3", TestPoint03WriteOnce},
	{"point 12, on a database that is being written", testAuditUnderLoad},
	{"two processes, one job", TestTwoProcessesOneJob},
	{"two hand letters on", TestTwoPost},
	{"a letter is handed on once", TestALetterIsHandedOnOnce},
	{"one code opens one session", TestOneCodeOpensOneSession},
	{"codes are sent once", TestCodesAreSentOnce},
	{"paid twice", TestPaidTwice},
	{"a fact is read once", TestReadFactOnce},
	{"every look is counted", TestEveryLookIsCounted},
	{"two clerks take a consent", TestConsentInPerson},
	{"limits counted at once", TestWithinCountsAtOnce},
	{"a rebuild has the log to itself", TestRebuildWantsTheLogToItself},
}

// notOnServer are the tests that do not run where AIQYN_ENGINE=postgresql has all others
// run on the second engine, and why. TestNoTestForgetsPostgreSQL of the whole project
// reads it.
var notOnServer = map[string]string{
	"TestChild":               "is a process of others",
	"TestOnPostgreSQL":        "is on it in any case",
	"TestLease":               "is on it in any case",
	"TestQueuesAreShownByAll": "is on it in any case",

	"TestDamagedPages":       "damages SQLite's file",
	"TestTornWrites":         "tears writes to SQLite's file",
	"TestDiskFull":           "leaves SQLite's file no room",
	"TestReadOnly":           "locks SQLite's file",
	"TestSecondProcess":      "two open SQLite's file: on a server TestLease",
	"TestSecondWriter":       "two write SQLite's file: on a server TestLease",
	"TestKillMinus9":         "kills who writes SQLite's file: of servers TestKillServersAndDatabases in cmd/aiqyn",
	"TestKillMinus9InARound": "kills who writes SQLite's file: of servers TestKillServersAndDatabases in cmd/aiqyn",
}

// skipOnServer matches them, as -skip does.
func skipOnServer() string {
	return "^(" + strings.Join(slices.Sorted(maps.Keys(notOnServer)), "|") + ")$"
}
