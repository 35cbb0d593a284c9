module example.com/flipsnack

go 1.19
