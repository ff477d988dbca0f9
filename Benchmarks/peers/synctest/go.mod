module synctest

go 1.25
