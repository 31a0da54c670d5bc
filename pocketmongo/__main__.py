from pocketmongo.server import main

main()
