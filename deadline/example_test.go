package deadline_test

import (
	"fmt"
	"os"
	"time"

	"aiqyn/deadline"
)

func ExampleCalendar_Due() {
	data, err := os.ReadFile("../packs/kz/calendars/kz.yaml")
	if err != nil {
		panic(err)
	}
	kz, err := deadline.ParseCalendar(data, "kz.yaml")
	if err != nil {
		panic(err)
	}
	filed := time.Date(2025, 5, 2, 19, 0, 0, 0, kz.Zone) // a Friday evening
	due, err := kz.Due(filed, deadline.Term{Days: 5, Unit: deadline.WorkingDays}, nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(due.Last, "days left:", kz.DaysLeft(filed, due))
	for _, reason := range due.Why {
		fmt.Println(reason.Key, reason.Args["date"])
	}
	// Output:
	// 2025-05-14 days left: 6
	// deadline.filed-after-hours 2025-05-05
	// deadline.holiday 2025-05-07
	// deadline.holiday 2025-05-09
	// deadline.count 2025-05-14
}
